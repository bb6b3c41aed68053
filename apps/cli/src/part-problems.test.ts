import { loadConfig } from '@tapewatch/config';
import type { TapewatchConfig } from '@tapewatch/config';
import { ConfigError } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { withPartProblems } from './part-problems.js';

async function failureOf(text: string): Promise<ConfigError> {
  try {
    await loadConfig({ file: 'tapewatch.yaml', text, env: {}, baseDir: '/' });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing is wrong with it');
}

const complaint = { code: 'CONFIG_REFERENCE', message: 'no such venue', line: 2, column: 1 } as const;

describe('withPartProblems', () => {
  it('adds what the parts find wrong with the sound sections, in the order of the file', async () => {
    const error = await failureOf(
      'exchanges:\n  - { venue: binanc, symbols: [BTC/USDT] }\nserver: { listen: nowhere }\n',
    );
    const seen: TapewatchConfig[] = [];
    const whole = await withPartProblems(error, (config) => {
      seen.push(config);
      return Promise.reject(new ConfigError([complaint]));
    });
    expect(seen[0]?.exchanges.map(({ venue }) => venue)).toEqual(['binanc']);
    expect(seen[0]?.server.port).toBe(8080);
    expect(whole.problems.map(({ line }) => line)).toEqual([2, 3]);
  });

  it('tells nothing that is told already, or comes from what was left out', async () => {
    const error = await failureOf('checks: [{ name: a, type: http, config: { url: "${env:NO}" } }]\n');
    const at = (path: string, file = 'tapewatch.yaml') => ({ ...complaint, file, path });
    const found = [
      at('checks[0].config.url'),
      at('checks[0].config'),
      at('checks[0].type'),
      at('checks[0]', 'rules.yaml'),
    ];
    const whole = await withPartProblems(error, () => Promise.reject(new ConfigError(found)));
    expect(whole.problems.map(({ file, path }) => `${file} ${path}`)).toEqual([
      'tapewatch.yaml checks[0].config.url',
      'tapewatch.yaml checks[0].type',
      'rules.yaml checks[0]',
    ]);
  });

  it('shows nothing faulty to the parts', async () => {
    const error = await failureOf(
      'exchanges: [{ venue: 7 }]\nroute: { receiver: nobody }\nreceivers: [{ name: ops }]\n',
    );
    await withPartProblems(error, (config) => {
      expect([config.exchanges, config.receivers.map(({ name }) => name)]).toEqual([[], ['ops']]);
      expect(config.route.receiver).toBeUndefined();
      return Promise.resolve({ rules: 0, warnings: [], notes: [] });
    });
    expect(error.problems.length).toBeGreaterThan(1);
  });

  it('leaves the problems as they are when nothing more is wrong, or the file cannot be read at all', async () => {
    const error = await failureOf('exchangs: []\n');
    expect(await withPartProblems(error, () => Promise.resolve({ rules: 0, warnings: [], notes: [] }))).toBe(error);
    const syntax = await failureOf('a: [1\n');
    expect(await withPartProblems(syntax, () => Promise.reject(new ConfigError([complaint])))).toBe(syntax);
  });
});
