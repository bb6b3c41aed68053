import type { Notification } from '@tapewatch/plugin-sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { payloadOf, readPayload } from './payload.js';

describe('payloads', () => {
  it('come back as they went in, short and long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(2_000), (text, times) => {
        const notification = {
          idempotencyKey: text,
          alerts: [{ name: text.repeat(times) }],
        } as unknown as Notification;
        expect(readPayload(payloadOf(notification))).toEqual(JSON.parse(JSON.stringify(notification)));
      }),
    );
  });

  it('are none where there is none', () => {
    expect(readPayload('')).toBeUndefined();
  });

  it('shrink where many alerts are alike', () => {
    const alerts = Array.from({ length: 200 }, (_, i) => ({
      name: 'Storm',
      labels: { number: `${i}`, venue: 'binance' },
    }));
    const notification = { idempotencyKey: 'x', alerts } as unknown as Notification;
    expect(payloadOf(notification).length).toBeLessThan(JSON.stringify(notification).length / 5);
  });
});
