import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { StrayErrors } from './stray-errors.js';

describe('StrayErrors', () => {
  it('logs bugs at most once a second and counts every one', async () => {
    const clock = new FakeClock();
    const logger = new RecordingLogger();
    const counted: string[] = [];
    const stray = new StrayErrors({
      clock,
      logger,
      isExchangeRejection: () => false,
      count: (kind) => counted.push(kind),
    });
    stray.accept('uncaught_exception', new Error('a'));
    stray.accept('unhandled_rejection', 'b');
    stray.accept('unhandled_rejection', undefined);
    expect(logger.lines).toMatchObject([{ level: 'error', fields: { kind: 'uncaught_exception', suppressed: 0 } }]);
    await clock.advance(1_000);
    stray.accept('unhandled_rejection', 'c');
    expect(logger.lines[1]).toMatchObject({ fields: { suppressed: 2, error: new Error('c') } });
    expect(counted).toHaveLength(4);
  });

  it('takes what the exchange client leaves behind as no bug', () => {
    const logger = new RecordingLogger();
    const count = () => expect.unreachable();
    const stray = new StrayErrors({
      clock: new FakeClock(),
      logger,
      isExchangeRejection: (reason) => reason === 'ws',
      count,
    });
    stray.accept('unhandled_rejection', 'ws');
    expect(logger.lines.map((line) => line.level)).toEqual(['debug']);
  });
});
