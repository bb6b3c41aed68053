import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createTerminal } from './terminal.js';

class FakeStream extends EventEmitter {
  readonly written: string[] = [];
  readonly isTTY: boolean;

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.written.push(text);
  }
}

describe('createTerminal', () => {
  it('keeps people’s lines on stdout, problems and logs on stderr', () => {
    const [stdout, stderr] = [new FakeStream(false), new FakeStream(false)];
    const terminal = createTerminal(stdout, stderr, {});
    terminal.out('a');
    terminal.error('b');
    terminal.log('{}\n');
    expect([stdout.written, stderr.written]).toEqual([['a\n'], ['b\n', '{}\n']]);
    expect(terminal.logIsRead).toBe(false);
  });

  it('goes on when whoever read the streams is gone', () => {
    const [stdout, stderr] = [new FakeStream(true), new FakeStream(true)];
    createTerminal(stdout, stderr, {});
    expect(() => stdout.emit('error', new Error('EPIPE'))).not.toThrow();
    expect(() => stderr.emit('error', new Error('EPIPE'))).not.toThrow();
  });

  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
  ])('on a terminal: %s, with %j, colours: %s', (isTty, env, coloured) => {
    const terminal = createTerminal(new FakeStream(isTty), new FakeStream(isTty), env);
    expect(terminal.colours).toEqual({ out: coloured, error: coloured });
  });
});
