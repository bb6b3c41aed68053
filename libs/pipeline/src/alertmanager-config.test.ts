import { loadConfig, type TapewatchConfig } from '@tapewatch/config';
import { ConfigError } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { bindReceivers, foreignReceivers, loadPlugins } from './configured-plugins.js';
import { checkPipelineConfig } from './check-pipeline-config.js';
import { undeliverableChannel } from './undeliverable.js';

function load(alertmanager: string): Promise<TapewatchConfig> {
  return loadConfig({
    file: '/etc/tapewatch.yaml',
    text: 'alertmanager_config: alertmanager.yml\nshipped_rules: false\n',
    env: {},
    baseDir: '/etc',
    readFile: () => Promise.resolve(alertmanager),
  });
}

const dependencies = { clock: new FakeClock(), logger: new RecordingLogger(), env: {}, shippedRulesDir: '/nowhere' };

describe('an imported alertmanager.yml', () => {
  it('names receivers that nothing can be delivered to, and uses the others', async () => {
    const config = await load(`
route: { receiver: all }
receivers:
  - name: all
    pagerduty_configs: [{ routing_key: mysecret }]
    webhook_configs: [{ url: "http://127.0.0.1/" }]
`);
    const { warnings, registry } = await checkPipelineConfig(config, dependencies);
    expect(warnings.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([
      'alertmanager.yml:5 Nothing can be delivered to the receiver all this way: no plugin provides the channel type pagerduty.',
    ]);
    expect(foreignReceivers(config, registry)).toHaveLength(1);
    const idle = { announce: () => undefined } as unknown as Parameters<typeof bindReceivers>[2];
    const receivers = await bindReceivers(config, (await loadPlugins(config)).registry, idle);
    expect(receivers[0]?.channels.map(({ name, plugin }) => `${name} ${plugin}`)).toEqual([
      'all/pagerduty pagerduty',
      'all/webhook channel-webhook',
    ]);
  });

  it('has its options and its matchers checked at their places', async () => {
    const config = await load(`
route:
  receiver: all
  routes:
    - matchers: [a = b, "=x"]
receivers:
  - name: all
    webhook_configs: [{ url: ftp://x }]
inhibit_rules:
  - target_match_re: { a: "(" }
`);
    const thrown: unknown = await checkPipelineConfig(config, dependencies).catch((error: unknown) => error);
    if (!(thrown instanceof ConfigError)) throw new Error('no ConfigError');
    expect(thrown.problems.map(({ file, line, path }) => `${file}:${line} ${path}`)).toEqual([
      'alertmanager.yml:5 alertmanager_config.route.routes[0].matchers',
      'alertmanager.yml:10 alertmanager_config.inhibit_rules[0].target_matchers',
      'alertmanager.yml:8 alertmanager_config.receivers[0].webhook_configs[0].url',
    ]);
  });
});

describe('undeliverableChannel', () => {
  it('refuses everything, by name', async () => {
    const channel = undeliverableChannel({ name: 'a', type: 'pagerduty', config: {}, path: [] });
    expect(await channel.send({} as never)).toEqual({
      outcome: 'rejected',
      reason: 'no plugin provides the channel type pagerduty',
    });
  });
});
