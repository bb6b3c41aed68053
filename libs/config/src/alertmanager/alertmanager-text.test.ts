import { describe, expect, it } from 'vitest';
import { loadConfig } from '../load-config.js';
import { alertmanagerText } from './alertmanager-text.js';

const written = `
route:
  receiver: ops
  group_by: [alertname, venue]
  group_wait: 5s
  routes:
    - matchers: [team="db", severity=~"warning|critical"]
      receiver: dba
      continue: true
      mute_time_intervals: [nights]
inhibit_rules:
  - source_matchers: [severity="critical"]
    target_matchers: [severity="warning"]
    equal: [alertname]
time_intervals:
  - name: nights
    time_intervals: [{ times: [{ start_time: '00:00', end_time: '06:00' }], location: Asia/Seoul }]
receivers:
  - { name: ops, webhook_configs: [{ url: 'http://127.0.0.1:1/secret' }] }
  - { name: dba, console_configs: [{}] }
`;
const load = (text: string, files: Readonly<Record<string, string>> = {}) =>
  loadConfig({
    file: 'tapewatch.yaml',
    text,
    env: {},
    baseDir: '/desk',
    readFile: (path) => Promise.resolve(files[path.split('/').at(-1) ?? ''] ?? ''),
  });

describe('alertmanagerText', () => {
  it('is a file that means the same when it is taken in again, and holds no addresses', async () => {
    const config = await load(written);
    const text = alertmanagerText(config);
    expect(text).not.toContain('secret');
    const again = await load('alertmanager_config: alertmanager.yml\n', { 'alertmanager.yml': text });
    const { route, inhibitRules, timeIntervals } = again;
    const withoutPlaces = (list: readonly object[]) => list.map((one) => ({ ...one, path: [] }));
    expect(route).toMatchObject(config.route);
    expect(route).toMatchObject({ groupIntervalMs: 1_000, repeatIntervalMs: 14_400_000 });
    expect(withoutPlaces(inhibitRules)).toEqual(withoutPlaces(config.inhibitRules));
    expect(timeIntervals.map(({ name, intervals }) => [name, intervals.map(({ fields }) => fields)])).toEqual(
      config.timeIntervals.map(({ name, intervals }) => [name, intervals.map(({ fields }) => fields)]),
    );
    expect(again.receivers.map(({ name }) => name)).toEqual(['ops', 'dba']);
    expect(alertmanagerText(again)).toBe(text);
  });
});
