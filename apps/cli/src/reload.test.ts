import { describe, expect, it } from 'vitest';
import { english } from './messages/english.js';
import { reload } from './reload.js';
import { RecordingTerminal } from './testing/recording-terminal.js';

async function told(answer: unknown) {
  const terminal = new RecordingTerminal();
  const findServer = () => Promise.resolve({ graphql: <T>() => Promise.resolve({ reloadConfig: answer } as T) });
  const code = await reload({ terminal, messages: english, findServer });
  return { code, out: terminal.outLines.join('\n'), error: terminal.errorLines.join('\n') };
}

describe('tapewatch reload', () => {
  it('says what changed, and what waits', async () => {
    const { code, out } = await told({ changed: ['receivers', 'HighSpread'], waitingForRestart: ['exchanges'] });
    expect(code).toBe(0);
    expect(out).toContain('receivers, HighSpread');
    expect(out).toContain('exchanges');
  });

  it('says that nothing has changed', async () => {
    expect((await told({ changed: [], waitingForRestart: [] })).out).toContain(english.reload.unchanged);
  });

  it('fails with what is wrong', async () => {
    const { code, error } = await told({ code: 'INVALID_INPUT', message: 'tapewatch.yaml:3:1: no such receiver' });
    expect(code).not.toBe(0);
    expect(error).toContain('tapewatch.yaml:3:1: no such receiver');
  });
});
