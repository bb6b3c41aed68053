import { describe, it } from 'vitest';
import { alert, between } from './collector.js';
import { Scenario } from './scenario.js';

const config = (rules: string): string => `
route: { receiver: default, group_by: [], group_wait: 1s, group_interval: 1s, repeat_interval: 1s }
receivers:
  - name: default
    webhook_configs: [{ url: http://webhook/ }]
inhibit_rules:
${rules}
`;
const downRules = `  - source_match: { alertname: JobDown }
    target_match: { alertname: InstanceDown }
    equal: [job, zone]`;
const named = (alertname: string, zone: string) => alert('alertname', alertname, 'job', 'testjob', 'zone', zone);

/** After test/with_api_v2/acceptance/inhibit_test.go of Alertmanager 0.34. */
describe('Alertmanager inhibit_test', () => {
  it('TestInhibiting', async () => {
    const test = new Scenario(config(downRules));
    const webhook = test.collector('http://webhook/');
    test.push(1, named('test1', 'aa'));
    test.push(1, named('InstanceDown', 'aa'));
    test.push(1, named('InstanceDown', 'ab'));
    test.push(2.2, named('JobDown', 'aa'));
    test.push(3.6, named('JobDown', 'aa').active(2.2, 3.6));
    webhook.want(
      between(2, 2.5),
      ...[named('test1', 'aa').active(1), named('InstanceDown', 'aa').active(1), named('InstanceDown', 'ab').active(1)],
    );
    webhook.want(
      between(3, 3.5),
      ...[named('test1', 'aa').active(1), named('InstanceDown', 'ab').active(1), named('JobDown', 'aa').active(2.2)],
    );
    webhook.want(
      between(4, 4.5),
      ...[named('test1', 'aa').active(1), named('InstanceDown', 'aa').active(1), named('InstanceDown', 'ab').active(1)],
      named('JobDown', 'aa').active(2.2, 3.6),
    );
    await test.run();
  });

  // Its pushes of one time come in any order.
  it.each([
    ['source first', ['JobDown', 'InstanceDown']],
    ['target first', ['InstanceDown', 'JobDown']],
  ])('TestAlwaysInhibiting, %s', async (_order, names) => {
    const test = new Scenario(config(downRules));
    const webhook = test.collector('http://webhook/');
    test.push(1, named('InstanceDown', 'aa'));
    test.push(1, named('JobDown', 'aa'));
    for (const name of names) test.push(2.6, named(name, 'aa').active(1, 2.6));
    webhook.want(between(2, 2.5), named('JobDown', 'aa').active(1));
    webhook.want(between(3, 3.5), named('InstanceDown', 'aa').active(1, 2.6), named('JobDown', 'aa').active(1, 2.6));
    await test.run();
  });

  it('TestEmptyInhibitionRule', async () => {
    const test = new Scenario(config('  -'));
    test.collector('http://webhook/');
    await test.run();
  });
});
