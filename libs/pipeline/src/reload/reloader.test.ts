import { createNoopMeter } from '@opentelemetry/api';
import { loadConfig, type TapewatchConfig } from '@tapewatch/config';
import { ConfigError } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { Reloader } from './reloader.js';

function configOf(text: string): Promise<TapewatchConfig> {
  return loadConfig({ file: 'tapewatch.yaml', text, env: {}, baseDir: '/somewhere' });
}

async function reloading(first: string) {
  const disk = { text: first };
  const clock = new FakeClock();
  const applied: string[] = [];
  const logger = new RecordingLogger();
  const reloader = new Reloader({
    config: await configOf(first),
    read: () => configOf(disk.text),
    prepare: (config) =>
      config.receivers.some(({ name }) => name === 'bad')
        ? Promise.reject(new ConfigError([{ code: 'CONFIG_REFERENCE', message: 'No such channel.' }]))
        : Promise.resolve(() => {
            applied.push(config.receivers.map(({ name }) => name).join(','));
            return [];
          }),
    clock,
    logger,
    meter: createNoopMeter(),
  });
  return { reloader, disk, applied, clock, logger };
}

const withReceiver = (name: string): string => `receivers: [{ name: ${name}, console_configs: [{}] }]\n`;

describe('Reloader', () => {
  it('says which sections are in force now, and which wait for the next start', async () => {
    const { reloader, disk, applied, clock } = await reloading(withReceiver('one'));
    disk.text = `${withReceiver('two')}host: { enabled: false }\nroute: { receiver: two, group_wait: 5s }\n`;
    const result = await reloader.reload('a test');
    expect(result).toEqual({
      ok: true,
      value: { reloadedAt: clock.now(), changed: ['receivers', 'route'], waitingForRestart: ['host'] },
    });
    expect(applied).toEqual(['two']);
    expect(reloader.config.receivers[0]?.name).toBe('two');
  });

  it.each([
    ['text that is no YAML', 'receivers: ['],
    ['a key that is unknown', 'recievers: []'],
    ['what only a stage can see', withReceiver('bad')],
  ])('keeps the last good one when it meets %s', async (_what, text) => {
    const { reloader, disk, applied } = await reloading(withReceiver('one'));
    disk.text = text;
    const result = await reloader.reload('a test');
    expect(result).toMatchObject({ ok: false, refusal: { code: 'INVALID_INPUT' } });
    expect(applied).toEqual([]);
    expect(reloader.error).toContain('CONFIG_');
    expect(reloader.config.receivers[0]?.name).toBe('one');
    disk.text = withReceiver('three');
    await reloader.reload('a test');
    expect(reloader.error).toBeUndefined();
    expect(applied).toEqual(['three']);
  });

  it('lets whoever asks in the midst of one see what was written before they asked', async () => {
    const { reloader, disk, applied } = await reloading(withReceiver('one'));
    const first = reloader.reload('first');
    disk.text = withReceiver('two');
    const [, second, third] = await Promise.all([first, reloader.reload('second'), reloader.reload('third')]);
    expect(second).toBe(third);
    expect(applied.at(-1)).toBe('two');
    expect(applied.length).toBeLessThanOrEqual(2);
  });

  it('has changed nothing when nothing has changed', async () => {
    const { reloader } = await reloading(withReceiver('one'));
    expect(await reloader.reload('a test')).toMatchObject({ value: { changed: [], waitingForRestart: [] } });
  });
});
