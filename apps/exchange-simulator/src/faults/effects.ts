import type { Distortion } from '../market/price-engine.js';
import type { Fault, FaultKind, Feed } from './fault.js';
import type { Occurrence } from './fault-schedule.js';

type FaultOf<Kind extends FaultKind> = Extract<Fault, { fault: Kind }>;

/** An error that every REST request meets while the fault lasts. */
export interface RestFailure {
  readonly status: number;
  readonly body: FaultOf<'rest_error'>['body'];
  /** Milliseconds until the fault ends; absent when its end is not known. */
  readonly remainingMs?: number;
}

export function isStalled(active: readonly Occurrence[], feed: Feed): boolean {
  return of(active, 'stall').some(({ fault }) => fault.feed === feed || fault.feed === 'all');
}

/** True while new sockets are turned away. */
export function refusesSockets(active: readonly Occurrence[]): boolean {
  return of(active, 'disconnect').length > 0;
}

/** The longest of the delays that are active; 0 for none. */
export function latencyMs(active: readonly Occurrence[]): number {
  return Math.max(0, ...of(active, 'latency').map(({ fault }) => fault.ms));
}

/** The one that began last wins. */
export function restFailure(active: readonly Occurrence[], nowMs: number): RestFailure | undefined {
  const latest = of(active, 'rest_error').reduce<(Occurrence & { fault: FaultOf<'rest_error'> }) | undefined>(
    (best, one) => (best === undefined || one.startMs >= best.startMs ? one : best),
    undefined,
  );
  if (latest === undefined) return undefined;
  const { status, body } = latest.fault;
  return { status, body, ...(latest.endMs === undefined ? {} : { remainingMs: latest.endMs - nowMs }) };
}

/** Price ratios of several faults multiply; the widest spread wins. */
export function distortionOf(active: readonly Occurrence[], instrumentId: string): Distortion {
  const concerns = ({ fault }: { fault: { symbol?: string | undefined } }): boolean =>
    fault.symbol === undefined || fault.symbol === instrumentId;
  const priceRatio = of(active, 'price_jump')
    .filter(concerns)
    .reduce((product, { fault }) => product * fault.ratio, 1);
  const spreads = of(active, 'wide_spread')
    .filter(concerns)
    .map(({ fault }) => fault.ratio);
  return { priceRatio, ...(spreads.length === 0 ? {} : { spreadRatio: Math.max(...spreads) }) };
}

function of<Kind extends FaultKind>(
  active: readonly Occurrence[],
  kind: Kind,
): (Occurrence & { readonly fault: FaultOf<Kind> })[] {
  return active.filter((one): one is Occurrence & { readonly fault: FaultOf<Kind> } => one.fault.fault === kind);
}
