import { StartError } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { english } from './messages/english.js';
import { korean } from './messages/korean.js';
import { testChannel } from './test-channel.js';
import { RecordingTerminal } from './testing/recording-terminal.js';

async function run(answers: readonly unknown[], messages = english, preview = false) {
  const terminal = new RecordingTerminal();
  const asked: unknown[] = [];
  const graphql = <T>(_query: string, variables?: unknown): Promise<T> => {
    asked.push(variables);
    const answer = answers[asked.length - 1];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as T);
  };
  const code = await testChannel({
    name: 'ops/telegram',
    preview,
    terminal,
    messages,
    findServer: async () => ({ graphql }),
  });
  return { code, asked, out: terminal.outLines, error: terminal.errorLines };
}

const answer = (test: object): { testChannel: object } => ({ testChannel: test });

describe('testChannel', () => {
  it('shows what it would say, and sends nothing', async () => {
    const shown = { messagePreview: { title: '[FIRING:1] A', text: 'one\ntwo' } };
    expect(await run([shown], english, true)).toEqual({
      code: 0,
      asked: [{ name: 'ops/telegram' }],
      out: ['[FIRING:1] A', 'one', 'two'],
      error: [],
    });
  });

  it('says how long it took when it was sent', async () => {
    expect(await run([answer({ outcome: 'SENT', latencyMs: 133.6, reason: null })])).toEqual({
      code: 0,
      asked: [{ name: 'ops/telegram' }],
      out: ['ops/telegram: sent in 134 ms'],
      error: [],
    });
  });

  it('fails with the reason when it was not, and lets nothing of it move the cursor', async () => {
    const reason = 'Telegram answered 400: chat not found\u001b[2J';
    expect(await run([answer({ outcome: 'NOT_SENT', latencyMs: 12, reason })])).toMatchObject({
      code: 1,
      out: [],
      error: ['ops/telegram: not sent (12 ms): Telegram answered 400: chat not found\\u001b[2J'],
    });
  });

  it('lists the channels there are when the name is none, in the language of the user', async () => {
    const unknown = answer({ code: 'NOT_FOUND', message: 'no such channel' });
    const known = { channels: [{ name: 'console' }, { name: 'ops/slack' }] };
    expect(await run([unknown, known])).toMatchObject({
      code: 2,
      error: ['No channel is called ops/telegram. There are: console, ops/slack'],
    });
    expect((await run([unknown, known], korean)).error[0]).toContain('console, ops/slack');
  });

  it('tells why it may not, or cannot reach the server', async () => {
    expect(await run([answer({ code: 'NOT_ALLOWED', message: 'needs operator' })])).toMatchObject({
      code: 1,
      error: ['needs operator [NOT_ALLOWED]'],
    });
    expect(await run([new StartError('SERVER_NOT_RUNNING', 'No Tapewatch is running')])).toMatchObject({
      code: 1,
      error: ['No Tapewatch is running [SERVER_NOT_RUNNING]'],
    });
  });
});
