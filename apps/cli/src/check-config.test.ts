import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@tapewatch/model';
import { afterAll, describe, expect, it } from 'vitest';
import { checkConfig } from './check-config.js';
import type { CheckParts } from './part-problems.js';
import { english } from './messages/english.js';
import { RecordingTerminal } from './testing/recording-terminal.js';

const folder = mkdtempSync(join(tmpdir(), 'check-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function check(
  text: string,
  checkParts: CheckParts = () => Promise.resolve({ rules: 28, warnings: [], notes: [] }),
) {
  writeFileSync(join(folder, 'c.yaml'), text);
  const terminal = new RecordingTerminal();
  const code = await checkConfig({ file: 'c.yaml', env: {}, baseDir: folder, terminal, messages: english, checkParts });
  return { code, out: terminal.outLines, error: terminal.errorLines };
}

describe('checkConfig', () => {
  it('says OK and what the file comes to', async () => {
    expect(await check('exchanges: [{ venue: kraken, symbols: [A/B, C/D] }]')).toEqual({
      code: 0,
      out: ['OK: c.yaml', '1 exchange (2 symbols), 0 checks, 28 rules, 1 receiver'],
      error: [],
    });
  });

  it('warns of what has no effect, notes what may be meant so, and is content', async () => {
    const warning = { code: 'CONFIG_NOT_SUPPORTED', message: 'No plugin for pagerduty.' } as const;
    const note = { code: 'RULE_NOT_ROUTED', message: 'It goes to desk.' } as const;
    const { code, error } = await check('', () => Promise.resolve({ rules: 1, warnings: [warning], notes: [note] }));
    expect({ code, error }).toEqual({
      code: 0,
      error: ['WARNING: No plugin for pagerduty. [CONFIG_NOT_SUPPORTED]', 'NOTE: It goes to desk. [RULE_NOT_ROUTED]'],
    });
  });

  it('prints the problems that only the parts can see', async () => {
    const problem = { code: 'PLUGIN_NOT_FOUND', message: 'No such plugin.' } as const;
    const { code, error } = await check('', () => Promise.reject(new ConfigError([problem])));
    expect({ code, error }).toEqual({
      code: 2,
      error: ['No such plugin. [PLUGIN_NOT_FOUND]', '1 problem in the configuration.'],
    });
  });

  it('prints every problem and ends with the usage code', async () => {
    const { code, out, error } = await check('servr: {}\nlog: { level: loud }');
    expect({ code, out }).toEqual({ code: 2, out: [] });
    expect(error).toHaveLength(3);
    expect(error[0]).toMatch(/^c\.yaml:1:1 servr: .*Did you mean "server"\?/);
    expect(error[2]).toBe('2 problems in the configuration.');
  });
});
