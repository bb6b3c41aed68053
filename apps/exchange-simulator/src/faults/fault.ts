import { z } from 'zod';
import { instruments, symbolOf } from '../market/instrument.js';
import { parseDuration } from './duration.js';

const durationMessage = 'expected a duration such as 20s, 5m or 1h30m';

const duration = z
  .union([z.string(), z.literal(0).transform(() => '0')], { error: durationMessage })
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    context.addIssue({ code: 'custom', message: `${durationMessage}, found ${JSON.stringify(text)}` });
    return z.NEVER;
  });

const positiveDuration = duration.refine((ms) => ms > 0, 'must be longer than 0');

/** Either spelling, `BTC/USDT` or `BTCUSDT`, becomes the pair's id. */
const symbol = z.string({ error: 'expected a symbol such as BTC/USDT' }).transform((text, context) => {
  const known = instruments.find((one) => one.id === text || symbolOf(one) === text);
  if (known !== undefined) return known.id;
  const allowed = instruments.map(symbolOf).join(', ');
  context.addIssue({ code: 'custom', message: `unknown symbol ${JSON.stringify(text)}; the venue trades ${allowed}` });
  return z.NEVER;
});

const between = (least: number, most: number) =>
  z
    .number({ error: `expected a number between ${least} and ${most}` })
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`);

/** What goes wrong, in every spelling that scenario files and the control API share. */
const variants = {
  stall: { feed: z.enum(['ticker', 'book', 'all'], { error: 'expected ticker, book or all' }).default('all') },
  disconnect: {},
  rest_error: {
    status: z
      .int({ error: 'expected an HTTP status between 200 and 599' })
      .min(200, 'must be at least 200')
      .max(599, 'must be at most 599'),
    body: z
      .enum(['json', 'html', 'broken', 'empty'], { error: 'expected json, html, broken or empty' })
      .default('json'),
  },
  latency: { ms: between(1, 600_000) },
  price_jump: { symbol: symbol.optional(), ratio: between(0.01, 100) },
  wide_spread: { symbol: symbol.optional(), ratio: between(0.0001, 1.5) },
} as const;

const kinds = Object.keys(variants).join(', ');

/** The union of all kinds, each with the timing keys that the place allows. */
function faultWith<Timing extends z.core.$ZodLooseShape>(timing: Timing) {
  return z.discriminatedUnion(
    'fault',
    [
      z.strictObject({ fault: z.literal('stall'), ...variants.stall, ...timing }),
      z.strictObject({ fault: z.literal('disconnect'), ...variants.disconnect, ...timing }),
      z.strictObject({ fault: z.literal('rest_error'), ...variants.rest_error, ...timing }),
      z.strictObject({ fault: z.literal('latency'), ...variants.latency, ...timing }),
      z.strictObject({ fault: z.literal('price_jump'), ...variants.price_jump, ...timing }),
      z.strictObject({ fault: z.literal('wide_spread'), ...variants.wide_spread, ...timing }),
    ],
    {
      error: (issue) =>
        issue.code === 'invalid_union' ? `expected one of ${kinds}` : 'expected a fault with its keys',
    },
  );
}

/** A fault of a scenario file: `at` counts from the start of the process, `for` absent means until the end of it. */
export const plannedFaultSchema = faultWith({
  at: duration,
  every: positiveDuration.optional(),
  for: positiveDuration.optional(),
}).superRefine((planned, context) => {
  if (planned.every === undefined || planned.fault === 'disconnect') return;
  if (planned.for === undefined) {
    context.addIssue({ code: 'custom', path: ['every'], message: 'a fault that repeats needs "for"' });
  } else if (planned.for >= planned.every) {
    context.addIssue({ code: 'custom', path: ['for'], message: 'must be shorter than "every"' });
  }
});

/** A fault that is to begin now: `for` absent means until it is ended. */
export const requestedFaultSchema = faultWith({ for: positiveDuration.optional() });

/** A fault of a scenario file; durations in milliseconds, symbols as ids. */
export type PlannedFault = z.infer<typeof plannedFaultSchema>;
/** A fault that begins when it is handed over. */
export type RequestedFault = z.infer<typeof requestedFaultSchema>;
/** What goes wrong, without when. */
export type Fault = DistributiveOmit<RequestedFault, 'for'>;
export type FaultKind = Fault['fault'];
/** The streams that a stall silences. */
export type Feed = 'ticker' | 'book';

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;
