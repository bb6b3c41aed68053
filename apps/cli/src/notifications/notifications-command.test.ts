import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { ExitCode } from '../exit-codes.js';
import { english } from '../messages/english.js';
import { RecordingTerminal } from '../testing/recording-terminal.js';
import { addNotificationsCommand } from './notifications-command.js';

const node = {
  id: '7',
  at: '2026-01-31T09:30:00.000Z',
  channel: 'ops',
  alertIds: ['a1'],
  outcome: 'SENT',
  reason: null,
  attempts: 1,
  text: '[FIRING:1] A\nFIRING A',
};

async function notifications(answer: unknown, ...args: readonly string[]) {
  const terminal = new RecordingTerminal();
  const program = new Command().exitOverride();
  const asked: unknown[] = [];
  let code: ExitCode = 0;
  addNotificationsCommand(program, {
    ...{ terminal, messages: english, setCode: (result) => (code = result) },
    findServer: () =>
      Promise.resolve({
        graphql: <T>(_query: string, variables?: Readonly<Record<string, unknown>>) => {
          asked.push(variables);
          return Promise.resolve(answer as T);
        },
      }),
  });
  await program.parseAsync(['notifications', ...args], { from: 'user' });
  return { code, asked, out: terminal.outLines, error: terminal.errorLines };
}

const page = (...nodes: readonly object[]) => ({ notifications: { edges: nodes.map((one) => ({ node: one })) } });

describe('tapewatch notifications', () => {
  it('lists the ledger, with the reason where something went wrong and the words where it went well', async () => {
    const held = { ...node, id: '8', outcome: 'NOT_SENT', reason: 'silence s1', attempts: 0, text: null };
    const { code, asked, out } = await notifications(page(held, node), 'list', '--alert', 'a1', '--last', '2');
    expect({ code, asked }).toEqual({ code: 0, asked: [{ alert: 'a1', first: 2 }] });
    expect(out.map((line) => line.split(/ {2,}/))).toEqual([
      ['ID', 'WHEN', 'CHANNEL', 'OUTCOME', 'TRIED', 'WHY, OR WHAT IT SAYS'],
      ['8', node.at, 'ops', 'NOT_SENT', '0', 'silence s1'],
      ['7', node.at, 'ops', 'SENT', '1', '[FIRING:1] A'],
    ]);
    expect((await notifications(page(), 'list')).out).toEqual(['Nothing has been told yet.']);
    expect(JSON.parse((await notifications(page(node), 'list', '--json')).out.join('\n'))).toEqual([node]);
  });

  it('sends dead letters again', async () => {
    expect(
      await notifications({ replayDeadLetters: { channel: 'ops', count: 3 } }, 'replay', '--channel', 'ops'),
    ).toMatchObject({ code: 0, asked: [{ channel: 'ops' }], out: ['3 dead letters of ops are sent again.'] });
    expect(await notifications({ replayNotification: { channel: 'ops' } }, 'replay', '7', '8')).toMatchObject({
      code: 0,
      asked: [{ id: '7' }, { id: '8' }],
    });
  });

  it.each([
    [['list', '--last', '0'], {}, 2, '--last'],
    [['replay'], {}, 2, '--channel'],
    [['replay', '1', '--channel', 'x'], {}, 2, '--channel'],
    [['replay', '1'], { replayNotification: { code: 'CONFLICT', message: 'it is sent' } }, 1, 'it is sent'],
  ])('refuses %j', async (args, answer, wanted, text) => {
    const { code, error } = await notifications(answer, ...args);
    expect(code).toBe(wanted);
    expect(error.join('\n')).toContain(text);
  });
});
