import { describe, expect, it } from 'vitest';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { createTickMeters } from '../tick-meters.js';
import type { DestinationOptions } from './destination-options.js';
import { collection, target } from '../testing/otlp-export.js';
import { OtlpDestination } from './otlp-destination.js';
import type { Exporter, ExportOutcome } from './otlp-exporter.js';

/** An exporter whose exports end when the test says so. */
class HeldExporter implements Exporter {
  readonly pending: ((outcome: ExportOutcome) => void)[] = [];
  exports = 0;
  aborts = 0;
  closed = false;

  export(): Promise<ExportOutcome> {
    this.exports++;
    return new Promise((resolve) => this.pending.push(resolve));
  }

  abort(): void {
    this.aborts++;
  }

  close(): void {
    this.closed = true;
  }
}

interface Held {
  readonly clock: FakeClock;
  readonly logger: RecordingLogger;
  readonly exporter: HeldExporter;
  readonly destination: OtlpDestination;
  readonly read: () => Promise<Record<string, number>>;
}

function held(more: Partial<DestinationOptions> = {}, queueLimit = 2): Held {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const exporter = new HeldExporter();
  const options = target('https://user:hunter22@h/otlp?token=tok3n', more);
  const destination = new OtlpDestination({
    clock,
    logger,
    destination: options,
    queueLimit,
    createExporter: () => exporter,
  });
  const { provider, reader } = createTickMeters({
    cardinalityLimit: 100,
    startedAt: 0,
    callbackTimeoutMs: 1000,
    onNotFinite: () => undefined,
    resource: { 'service.name': 'tapewatch' },
  });
  destination.attach(provider.getMeter('test'));
  const read = async (): Promise<Record<string, number>> => {
    const { resourceMetrics } = (await reader.read(1000)).collection;
    const points = resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map((p) => [`${descriptor.name} ${String(p.attributes['outcome'])}`, p.value]),
      ),
    );
    return Object.fromEntries(points) as Record<string, number>;
  };
  return { clock, logger, exporter, destination, read };
}

describe('OtlpDestination', () => {
  it('has one export under way, and drops the oldest of what waits', async () => {
    const { destination, exporter, read } = held();
    for (let i = 0; i < 5; i++) destination.accept(await collection(i * 1000));
    expect(exporter.exports).toBe(1);
    expect(destination.status()).toMatchObject({ pointsWaiting: 6, pointsDropped: 4, pointsSent: 0 });
    expect(await read()).toMatchObject({ 'tapewatch.export.points dropped': 4, 'tapewatch.export.points sent': 0 });
  });

  it('goes on with the next when one has ended, whatever its end', async () => {
    const { clock, destination, exporter, read } = held();
    for (let i = 0; i < 3; i++) destination.accept(await collection(i * 1000));
    exporter.pending[0]?.({ ok: true, rejectedPoints: 0 });
    await clock.advance(0);
    exporter.pending[1]?.({ ok: false, error: Object.assign(new Error('Bad Request'), { code: 400 }) });
    await clock.advance(0);
    exporter.pending[2]?.({ ok: true, rejectedPoints: 1 });
    await clock.advance(0);
    expect(await read()).toEqual({
      'tapewatch.export.points sent': 3,
      'tapewatch.export.points dropped': 0,
      'tapewatch.export.points rejected': 3,
      'tapewatch.export.failures unreachable': 0,
      'tapewatch.export.failures timeout': 0,
      'tapewatch.export.failures refused': 1,
    });
  });

  it('logs one line per change of state, without credentials', async () => {
    const { clock, destination, exporter, logger } = held({ headers: { authorization: 'Bearer sesame99' } });
    const outcomes: ExportOutcome[] = [
      { ok: true, rejectedPoints: 0 },
      { ok: true, rejectedPoints: 0 },
      { ok: false, error: new Error('no route with Bearer sesame99 and hunter22 and tok3n') },
      { ok: false, error: new Error('no route') },
      { ok: true, rejectedPoints: 0 },
    ];
    for (const [i, outcome] of outcomes.entries()) {
      destination.accept(await collection(i * 1000));
      exporter.pending[i]?.(outcome);
      await clock.advance(0);
    }
    expect(logger.lines.map(({ level }) => level)).toEqual(['info', 'warn', 'info']);
    expect(logger.lines[1]?.fields).toEqual({
      destination: 'backend',
      endpoint: 'https://h/otlp',
      outcome: 'unreachable',
      reason: 'no route with *** and *** and ***',
    });
    expect(JSON.stringify([logger.lines, destination.status()])).not.toMatch(/sesame99|hunter22|tok3n/);
    expect(destination.status()).toMatchObject({ healthy: true, lastSuccessAt: clock.now() });
    expect(destination.status().lastError).toBeUndefined();
  });

  it('exports every n-th collection', async () => {
    const { destination, exporter, clock } = held({ everyTicks: 3 });
    for (let i = 0; i < 7; i++) {
      destination.accept(await collection(i * 1000));
      exporter.pending.splice(0).forEach((end) => end({ ok: true, rejectedPoints: 0 }));
      await clock.advance(0);
    }
    expect(exporter.exports).toBe(3);
  });

  it('abandons an export at its timeout, and ignores a late end of it', async () => {
    const { clock, destination, exporter } = held({ timeoutMs: 1000 });
    destination.accept(await collection());
    await clock.advance(1000);
    expect(exporter.aborts).toBe(1);
    expect(destination.status()).toMatchObject({
      healthy: false,
      pointsDropped: 2,
      lastError: 'ETIMEDOUT no answer in time',
    });
    exporter.pending[0]?.({ ok: true, rejectedPoints: 0 });
    await clock.advance(0);
    expect(destination.status()).toMatchObject({ pointsSent: 0, pointsDropped: 2 });
    expect(clock.pendingTimers).toBe(0);
  });

  it('sends what waits before it stops', async () => {
    const { clock, destination, exporter } = held();
    for (let i = 0; i < 2; i++) destination.accept(await collection(i * 1000));
    let stopped = false;
    void destination.stop(5000).then(() => (stopped = true));
    exporter.pending[0]?.({ ok: true, rejectedPoints: 0 });
    await clock.advance(0);
    expect(stopped).toBe(false);
    exporter.pending[1]?.({ ok: true, rejectedPoints: 0 });
    await clock.advance(0);
    expect(stopped).toBe(true);
    expect(exporter.closed).toBe(true);
    expect(destination.status()).toMatchObject({ pointsSent: 4, pointsDropped: 0 });
    destination.accept(await collection());
    expect(exporter.exports).toBe(2);
  });

  it('stops by the deadline, at once when the backend was failing, and twice without harm', async () => {
    const slow = held();
    slow.destination.accept(await collection());
    let stopped = false;
    void slow.destination.stop(2000).then(() => (stopped = true));
    await slow.clock.advance(1999);
    expect(stopped).toBe(false);
    await slow.clock.advance(1);
    expect(stopped).toBe(true);
    expect(slow.destination.status()).toMatchObject({ pointsDropped: 2, pointsWaiting: 0 });

    const down = held();
    down.destination.accept(await collection());
    down.exporter.pending[0]?.({ ok: false, error: new Error('down') });
    await down.clock.advance(0);
    down.destination.accept(await collection());
    await down.destination.stop(2000);
    await down.destination.stop(2000);
    expect(down.exporter.closed).toBe(true);
    expect(down.destination.status()).toMatchObject({ pointsDropped: 4 });
  });
});
