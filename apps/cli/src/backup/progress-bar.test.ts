import { describe, expect, it } from 'vitest';
import { RecordingTerminal } from '../testing/recording-terminal.js';
import { ProgressBar } from './progress-bar.js';

describe('ProgressBar', () => {
  function bar(onTerminal: boolean) {
    let now = 0;
    const terminal = new RecordingTerminal(onTerminal);
    const progress = new ProgressBar({ terminal, label: 'Copying', left: (s) => `${s} s left`, now: () => now });
    return { progress, terminal, pass: (ms: number) => (now += ms) };
  }

  it('shows how far it is, and how long it will take, over itself', () => {
    const { progress, terminal, pass } = bar(true);
    progress.update(0, 200);
    pass(3_000);
    progress.update(50, 200);
    progress.update(51, 200); // too soon to draw again
    pass(9_000);
    progress.update(200, 200);
    progress.end();
    expect(terminal.logs).toEqual([
      '\r\u001b[KCopying      ░░░░░░░░░░░░░░░░░░░░░░░░   0 %',
      '\r\u001b[KCopying      ██████░░░░░░░░░░░░░░░░░░  25 %  9 s left',
      '\r\u001b[KCopying      ████████████████████████ 100 %',
      '\r\u001b[K',
    ]);
  });

  it('is silent where nobody looks', () => {
    const { progress, terminal } = bar(false);
    progress.update(1, 2);
    progress.end();
    expect(terminal.logs).toEqual([]);
  });
});
