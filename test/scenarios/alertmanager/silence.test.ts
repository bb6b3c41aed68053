import { describe, it } from 'vitest';
import { alert, between } from './collector.js';
import { Scenario } from './scenario.js';

const config = `
route: { receiver: default, group_by: [], group_wait: 1s, group_interval: 1s, repeat_interval: 1ms }
receivers:
  - name: default
    webhook_configs: [{ url: http://webhook/ }]
`;
const test1 = () => alert('alertname', 'test1').active(1);
const test2 = () => alert('alertname', 'test2').active(1);

/** After test/with_api_v2/acceptance/silence_test.go of Alertmanager 0.34. */
describe('Alertmanager silence_test', () => {
  it('TestSilencing', async () => {
    const test = new Scenario(config);
    const webhook = test.collector('http://webhook/');
    test.push(1, test1());
    test.push(1, test2());
    webhook.want(between(2, 2.5), test1(), test2());
    test.silence(2.3, { startsAt: 2.5, endsAt: 4.5, matchers: ['alertname=test1'] });
    webhook.want(between(3, 3.5), test2());
    webhook.want(between(4, 4.5), test2());
    webhook.want(between(5, 5.5), test1(), test2());
    await test.run();
  });

  it('TestSilenceDelete', async () => {
    const test = new Scenario(config);
    const webhook = test.collector('http://webhook/');
    test.push(1, test1());
    test.push(1, test2());
    const silence = test.silence(1.3, { startsAt: 1.5, endsAt: 100, matchers: ['alertname=~".+"'] });
    test.expire(3.5, silence);
    webhook.want(between(3.5, 4.5), test1(), test2());
    await test.run();
  });
});
