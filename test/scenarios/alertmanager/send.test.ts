import { describe, it } from 'vitest';
import { alert, between } from './collector.js';
import { Scenario } from './scenario.js';

const simple = (groupBy: string, repeatInterval: string): string => `
route:
  receiver: default
  group_by: ${groupBy}
  group_wait: 1s
  group_interval: 1s
  repeat_interval: ${repeatInterval}
receivers:
  - name: default
    webhook_configs:
      - url: http://webhook/
`;

/** After test/with_api_v2/acceptance/send_test.go of Alertmanager 0.34. */
describe('Alertmanager send_test', () => {
  it.each([
    ['TestMergeAlerts', false],
    ['TestMergeAlertsWithEndsAt', true],
  ])('%s', async (_name, withEnds) => {
    const active = (startsAt: number): readonly [number, number?] => (withEnds ? [startsAt, startsAt + 3] : [startsAt]);
    const test = new Scenario(simple('[alertname]', '1ms'));
    const webhook = test.collector('http://webhook/');
    // The start stays the earliest one that was heard of, whoever sends it when.
    test.push(1, alert('alertname', 'test').active(...active(1.1)));
    test.push(1.2, alert('alertname', 'test').active(1));
    webhook.want(between(2, 2.5), alert('alertname', 'test').active(1));
    test.push(
      2.1,
      alert('alertname', 'test')
        .annotate('ann', 'v1')
        .active(...active(2)),
    );
    webhook.want(between(3, 3.5), alert('alertname', 'test').annotate('ann', 'v1').active(1));
    // Annotations are those of whoever came last.
    test.push(
      3.6,
      alert('alertname', 'test')
        .annotate('ann', 'v2')
        .active(...active(1.5)),
    );
    webhook.want(between(4, 4.5), alert('alertname', 'test').annotate('ann', 'v2').active(1));
    // Of several ends the latest counts.
    test.push(4.6, alert('alertname', 'test').annotate('ann', 'v2').active(3, 4.5));
    test.push(4.8, alert('alertname', 'test').annotate('ann', 'v3').active(2.9, 4.8));
    test.push(4.8, alert('alertname', 'test').annotate('ann', 'v3').active(2.9, 4.1));
    webhook.want(between(5, 5.5), alert('alertname', 'test').annotate('ann', 'v3').active(1, 4.8));
    // What begins after the end is another occurrence.
    test.push(5.3, alert('alertname', 'test').active(...active(5)));
    webhook.want(between(6, 6.5), alert('alertname', 'test').active(5));
    await test.run();
  });

  it('TestRepeat', async () => {
    const test = new Scenario(simple('[alertname]', '1ms'));
    const webhook = test.collector('http://webhook/');
    test.push(1, alert('alertname', 'test').active(1));
    test.push(3.5, alert('alertname', 'test').active(1, 3));
    webhook.want(between(2, 2.5), alert('alertname', 'test').active(1));
    webhook.want(between(3, 3.5), alert('alertname', 'test').active(1));
    webhook.want(between(4, 4.5), alert('alertname', 'test').active(1, 3));
    await test.run();
  });

  it('TestBatching', async () => {
    const test = new Scenario(simple('[]', '4900ms'));
    const webhook = test.collector('http://webhook/');
    const first = [alert('alertname', 'test1').active(1), alert('alertname', 'test5').active(1)];
    const later = [
      alert('alertname', 'test2').active(1.5),
      alert('alertname', 'test3').active(1.5),
      alert('alertname', 'test4').active(1.6),
    ];
    test.push(1.1, alert('alertname', 'test1').active(1));
    test.push(1.7, alert('alertname', 'test5').active(1));
    webhook.want(between(2, 2.5), ...first);
    test.push(3.3, ...later);
    webhook.want(between(4.1, 4.5), ...first, ...later);
    // Nothing changes, so that nothing is told until the repeat interval is over.
    webhook.want(between(9.1, 9.5), ...first, ...later);
    await test.run();
  });

  it('TestRetry', async () => {
    const test = new Scenario(`
route: { receiver: default, group_by: [alertname], group_wait: 1s, group_interval: 2s, repeat_interval: 3s }
receivers:
  - name: default
    webhook_configs: [{ url: http://works/ }, { url: http://fails/ }]
`);
    const works = test.collector('http://works/');
    const fails = test.collector('http://fails/', (at) => at >= 4.5);
    test.push(1, alert('alertname', 'test1'));
    works.want(between(2, 2.5), alert('alertname', 'test1').active(1));
    works.want(between(6, 6.5), alert('alertname', 'test1').active(1));
    // Other groups and channels do not wait for one that fails: the repeat is due at 6 s here, too, whenever the first got through.
    fails.want(between(4.5, 5.9), alert('alertname', 'test1').active(1));
    fails.want(between(6, 6.5), alert('alertname', 'test1').active(1));
    await test.run();
  });

  it('TestResolved', async () => {
    const test = new Scenario(`
global: { resolve_timeout: 10s }
route: { receiver: default, group_by: [alertname], group_wait: 1s, group_interval: 5s }
receivers:
  - name: default
    webhook_configs: [{ url: http://webhook/ }]
`);
    const webhook = test.collector('http://webhook/');
    const three = (startsAt?: number, endsAt?: number) =>
      ['v1', 'v2', 'v3'].map((value) => {
        const one = alert('alertname', 'test', 'lbl', value);
        return startsAt === undefined ? one : one.active(startsAt, endsAt);
      });
    test.push(1, ...three());
    webhook.want(between(2, 2.5), ...three(1));
    webhook.want(between(12, 13), ...three(1, 11));
    await test.run();
  });

  it('TestResolvedFilter', async () => {
    const test = new Scenario(`
global: { resolve_timeout: 10s }
route: { receiver: default, group_by: [alertname], group_wait: 1s, group_interval: 5s }
receivers:
  - name: default
    webhook_configs:
      - { url: http://all/, send_resolved: true }
      - { url: http://firing/, send_resolved: false }
`);
    const all = test.collector('http://all/');
    const firing = test.collector('http://firing/');
    const v = (value: string) => alert('alertname', 'test', 'lbl', value);
    test.push(1, v('v1'), v('v2'));
    test.push(3, v('v1').active(1, 4), v('v3'));
    test.push(8, v('v3').active(3));
    all.want(between(2, 2.5), v('v1').active(1), v('v2').active(1));
    all.want(between(7, 7.5), v('v1').active(1, 4), v('v2').active(1), v('v3').active(3));
    // v2 is over as nobody has sent it again in time.
    all.want(between(12, 12.5), v('v2').active(1, 11), v('v3').active(3));
    firing.want(between(2, 2.5), v('v1').active(1), v('v2').active(1));
    firing.want(between(7, 7.5), v('v2').active(1), v('v3').active(3));
    firing.want(between(12, 12.5));
    await test.run();
  });

  it('TestReload', async () => {
    const test = new Scenario(`
route: { receiver: default, group_by: [], group_wait: 1s, group_interval: 6s, repeat_interval: 10m }
receivers:
  - name: default
    webhook_configs: [{ url: http://webhook/ }]
`);
    const webhook = test.collector('http://webhook/');
    test.push(1, alert('alertname', 'test1'));
    test.reload(3);
    test.push(4, alert('alertname', 'test2'));
    webhook.want(between(2, 2.5), alert('alertname', 'test1').active(1));
    // A reload does not set timers back here: six seconds count from the flush at 2 s, not from the reload.
    webhook.want(between(8, 8.5), alert('alertname', 'test1').active(1), alert('alertname', 'test2').active(4));
    await test.run();
  });

  it('TestWebhookTimeout', async () => {
    const test = new Scenario(`
route: { receiver: default, group_by: [alertname], group_wait: 1s, group_interval: 1m, repeat_interval: 1m }
receivers:
  - name: default
    webhook_configs: [{ url: http://webhook/, timeout: 500ms }]
`);
    const webhook = test.collector('http://webhook/', (at) => at >= 3);
    test.push(1, alert('alertname', 'test1'));
    webhook.want(between(3, 4), alert('alertname', 'test1').active(1));
    await test.run();
  });
});
