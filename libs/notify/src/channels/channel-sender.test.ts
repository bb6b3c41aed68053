import { createNoopMeter } from '@opentelemetry/api';
import { Labels } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { expect, describe, it } from 'vitest';
import { ChannelSender } from './channel-sender.js';
import type { Channel } from './channel.js';
import { compose } from '../messages/compose.js';
import type { Outgoing } from '../outbox/outgoing.js';
import { alert, FakeChannel } from '../testing/notifier-bench.js';

describe('ChannelSender', () => {
  it('is never further ahead of the disk than twice what it sends at once', async () => {
    const clock = new FakeClock();
    const fake = new FakeChannel('ops');
    const channel: Channel = Object.assign(fake, { limits: { concurrency: 2 } });
    const noting: (() => void)[] = [];
    const meter = createNoopMeter();
    const sender = new ChannelSender({
      ...{ channel, clock, random: () => 0.5, logger: new RecordingLogger() },
      outbox: { record: () => new Promise<void>((resolve) => noting.push(resolve)) },
      count: meter.createCounter('count'),
      duration: meter.createHistogram('duration'),
    });
    for (let id = 1; id <= 10; id++) sender.take(outgoing(id));
    await clock.advance(0);
    expect(fake.got).toHaveLength(4);
    noting.shift()?.();
    await clock.advance(0);
    expect(fake.got).toHaveLength(5);
    while (noting.length > 0) {
      noting.shift()?.();
      await clock.advance(0);
    }
    expect(fake.got).toHaveLength(10);
    await sender.stop();
  });
});

function outgoing(id: number): Outgoing {
  const notification = compose({
    idempotencyKey: `ops/${id}`,
    receiver: 'ops',
    groupKey: `group ${id}`,
    groupLabels: Labels.EMPTY,
    alerts: [alert()],
    externalUrl: 'http://tapewatch.test',
    at: 0,
  });
  return { id, channel: 'ops', notification, attempts: 0, nextAttemptAt: 0, queuedAt: 0 };
}
