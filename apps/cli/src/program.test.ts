import { describe, expect, it } from 'vitest';
import { exitCodes } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { english } from './messages/english.js';
import { korean } from './messages/korean.js';
import { runProgram } from './program.js';
import { RecordingTerminal } from './testing/recording-terminal.js';

async function run(args: readonly string[], messages = english) {
  const terminal = new RecordingTerminal();
  const calls: unknown[] = [];
  const done = (call: unknown, code: ExitCode = exitCodes.done): Promise<ExitCode> => {
    calls.push(call);
    return Promise.resolve(code);
  };
  const code = await runProgram(args, {
    version: '1.2.3',
    messages,
    terminal,
    commands: {
      start: (startArgs) => done(['start', startArgs]),
      checkConfig: (file) => done(['check-config', file], exitCodes.usage),
      tsdb: (action, args) => done(['tsdb', action, args]),
      reportDaily: (reportArgs) => done(['report', reportArgs]),
      addAccess: () => undefined,
      addNotifying: () => undefined,
      addAlerting: () => undefined,
      backup: (file, backupArgs) => done(['backup', file, backupArgs]),
      restore: (file, restoreArgs) => done(['restore', file, restoreArgs]),
      testRules: (testArgs) => done(['test-rules', testArgs], exitCodes.failed),
      query: (expression, args) => done(['query', expression, args]),
      reload: (args) => done(['reload', args]),
      backtest: (rule, args) => done(['backtest', rule, args]),
      testChannel: (name, args) => done(['test-channel', name, args], exitCodes.failed),
    },
  });
  return { code, calls, out: terminal.outLines.join('\n'), error: terminal.errorLines.join('\n') };
}

describe('runProgram', () => {
  it('hands commands their arguments and their code back', async () => {
    expect(await run(['start'])).toMatchObject({ code: 0, calls: [['start', {}]] });
    expect((await run(['start', '--demo', '-c', 'x'])).calls).toEqual([['start', { demo: true, config: 'x' }]]);
    expect(await run(['check-config', 'f'])).toMatchObject({ code: 2, calls: [['check-config', 'f']] });
    expect((await run(['report', 'daily', '--from', '2026-01-31', '--format', 'html', '-c', 'x'])).calls).toEqual([
      ['report', { from: '2026-01-31', format: 'html', config: 'x' }],
    ]);
  });

  it('hands tsdb its action and the configuration whose data folder it looks at', async () => {
    expect((await run(['tsdb', 'info', '-c', 'x'])).calls).toEqual([['tsdb', 'info', { config: 'x' }]]);
    expect((await run(['tsdb', 'verify'])).calls).toEqual([['tsdb', 'verify', {}]]);
    expect(await run(['tsdb', 'mend'])).toMatchObject({ code: 2, calls: [] });
  });

  it('hands query its expression and options', async () => {
    expect((await run(['query', 'up == 0', '--from', '1h', '--step', '5s', '--json', '-c', 'x'])).calls).toEqual([
      ['query', 'up == 0', { from: '1h', step: '5s', json: true, config: 'x' }],
    ]);
    expect(await run(['query'])).toMatchObject({ code: 2, calls: [] });
  });

  it('hands backup and restore their file and options', async () => {
    expect((await run(['backup', 'f', '--url', 'u', '--token', 't'])).calls).toEqual([
      ['backup', 'f', { url: 'u', token: 't' }],
    ]);
    expect((await run(['restore', 'f', '--verify', '--force'])).calls).toEqual([
      ['restore', 'f', { verify: true, force: true }],
    ]);
  });

  it('hands test-rules its files and options', async () => {
    expect(await run(['test-rules', 'a', 'b'])).toMatchObject({
      code: 1,
      calls: [['test-rules', { files: ['a', 'b'], run: [], diff: false, json: false }]],
    });
    expect((await run(['test-rules', '--run', 'x', '--run', 'y', '--diff', '--json', 'a'])).calls).toEqual([
      ['test-rules', { files: ['a'], run: ['x', 'y'], diff: true, json: true }],
    ]);
    expect((await run(['test-rules'])).code).toBe(2);
  });

  it('takes the server of test-channel from its options', async () => {
    expect(await run(['test-channel', 'ops', '--url', 'http://x', '--token', 't'])).toMatchObject({
      code: 1,
      calls: [['test-channel', 'ops', { url: 'http://x', token: 't' }]],
    });
    expect(await run(['test-channel'])).toMatchObject({ code: 2, calls: [] });
  });

  it('prints version and help with code 0', async () => {
    expect(await run(['--version'])).toMatchObject({ code: 0, out: '1.2.3' });
    expect((await run(['--help'])).out).toContain('check-config <file>');
    const { code, out } = await run(['start', '--help'], korean);
    expect(code).toBe(0);
    expect(out).toMatch(/^사용법: tapewatch start/);
  });

  it.each([
    [['strat']],
    [['start', '--nope']],
    [['start', 'surplus']],
    [['check-config']],
    [['start', '--config']],
    [[]],
  ])('ends %j with the usage code and runs nothing', async (args) => {
    const { code, calls, error } = await run(args);
    expect({ code, calls }).toEqual({ code: 2, calls: [] });
    expect(error).not.toBe('');
  });
});
