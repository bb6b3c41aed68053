import { describe, expect, it } from 'vitest';
import { ConfigFileError } from './config-file-error.js';
import { loadConfig } from './load-config.js';

async function failureOf(text: string): Promise<ConfigFileError> {
  const thrown: unknown = await loadConfig({ file: 'tapewatch.yaml', text, env: {}, baseDir: '/' }).catch(
    (error: unknown) => error,
  );
  if (!(thrown instanceof ConfigFileError)) throw new Error('nothing is wrong with it');
  return thrown;
}

const at = (path: string) => ({ code: 'CONFIG_REFERENCE', message: 'wrong', file: 'tapewatch.yaml', path }) as const;

describe('what a faulty file leaves to look at', () => {
  it('is a section without the keys that are wrong', async () => {
    const { sound } = await failureOf(`
receivers: [{ name: ops, colour: red, console_configs: [{}] }]
reports: [{ schedule: '61 * * * *', langage: ko }]
route: { receiver: nobody, repeat_interval: often, group_wait: 5s }
`);
    expect(sound?.receivers.map(({ name, channels }) => [name, channels.length])).toEqual([['ops', 1]]);
    expect(sound?.reports.map(({ schedule }) => schedule)).toEqual(['61 * * * *']);
    expect(sound?.route).toMatchObject({ groupWaitMs: 5_000 });
    expect(sound?.route.repeatIntervalMs).toBe(14_400_000);
  });

  it('is a list with another entry in place of one that is unusable, which is not looked at twice', async () => {
    const error = await failureOf('exchanges: [{ symbols: [A/B] }, { venue: krakn, symbols: [A/B] }, { venue: 7 }]\n');
    expect(error.sound?.exchanges.map(({ venue }) => venue)).toEqual(['krakn', 'krakn', 'krakn']);
    expect([0, 1, 2].map((i) => error.isNews(at(`exchanges[${i}].venue`)))).toEqual([false, true, false]);
    expect(error.isNews(at('exchanges[0].symbols[0]'))).toBe(false);
  });

  it('is nothing of a section that is no list and cannot do without what is wrong', async () => {
    const { sound } = await failureOf('heartbeat: { url: 7, interval: 5s }\nlog: { level: debug }\n');
    expect(sound?.heartbeat).toBeUndefined();
    expect(sound?.log.level).toBe('debug');
  });

  it('is nothing of who is told when receivers are unusable, as routes and reports name them', async () => {
    const { sound } = await failureOf(`
receivers: [{ console_configs: [{}] }]
route: { receiver: ops }
reports: [{ receivers: [ops] }]
exchanges: [{ venue: kraken, symbols: [A/B] }]
`);
    expect(sound?.receivers.map(({ name }) => name)).toEqual(['console']);
    expect(sound?.reports.flatMap((report) => report.receivers)).toEqual([]);
    expect(sound?.exchanges).toHaveLength(1);
  });
});
