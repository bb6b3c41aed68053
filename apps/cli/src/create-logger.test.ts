import { describe, expect, it } from 'vitest';
import { createLogger } from './create-logger.js';
import { RecordingTerminal } from './testing/recording-terminal.js';

describe('createLogger', () => {
  it('writes JSON lines with level, time, bound fields and errors whole', () => {
    const terminal = new RecordingTerminal();
    createLogger(terminal, 'info')
      .child({ room: 'r' })
      .warn({ error: new Error('boom') }, 'm');
    const line = JSON.parse(terminal.logs.join('')) as Record<string, unknown>;
    expect(line).toMatchObject({ level: 'warn', room: 'r', msg: 'm', error: { type: 'Error', message: 'boom' } });
    expect(line['time']).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(line).not.toHaveProperty('hostname');
  });

  it('keeps to its level', () => {
    const terminal = new RecordingTerminal();
    const logger = createLogger(terminal, 'warn');
    logger.info({}, 'quiet');
    logger.error({}, 'loud');
    expect(terminal.logs).toHaveLength(1);
  });

  it.each([[true], [false]])('hides what stands under the name of a secret (read by a person: %s)', (logIsRead) => {
    const terminal = new RecordingTerminal(logIsRead);
    const nested = {
      a: { b: { password: 'hunter2' } },
      headers: { authorization: 'Bearer hunter2' },
      token: 'hunter2',
    };
    createLogger(terminal, 'info').info({ ...nested, request: nested }, 'm');
    expect(terminal.logs.join('')).not.toContain('hunter2');
    expect(terminal.logs.join('')).toContain('<secret>');
  });

  it('writes one readable line for a person', () => {
    const terminal = new RecordingTerminal(true);
    createLogger(terminal, 'info').info({ venue: 'binance' }, 'connected');
    expect(terminal.logs.join('')).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO.*connected.*binance.*\n$/);
  });
});
