import type { Fault, PlannedFault, RequestedFault } from './fault.js';

/** One occurrence of a fault. Times in milliseconds on the schedule's own axis, which begins at 0 with the process. */
export interface Occurrence {
  readonly fault: Fault;
  readonly startMs: number;
  /** Undefined: until it is ended. Equal to the start: it only happens (a disconnect), it does not last. */
  readonly endMs: number | undefined;
}

interface Entry {
  readonly fault: Fault;
  readonly atMs: number;
  readonly everyMs: number | undefined;
  readonly forMs: number | undefined;
}

/** Faults at once on top of those of the scenario; more are refused. */
export const maxRequestedFaults = 100;

/**
 * Says what is wrong at a given moment. Has neither clock nor timers: whoever acts on faults asks with the time it is,
 * so that scripted, repeated and requested faults are one arithmetic.
 */
export class FaultSchedule {
  #planned: readonly Entry[];
  #requested: readonly Entry[] = [];

  constructor(planned: readonly PlannedFault[] = []) {
    this.#planned = planned.map(({ at, every, for: forMs, ...fault }) => ({ fault, atMs: at, everyMs: every, forMs }));
  }

  /** Begins a fault; undefined when `maxRequestedFaults` are under way. */
  add({ for: forMs, ...fault }: RequestedFault, nowMs: number): Occurrence | undefined {
    this.#requested = this.#requested.filter((entry) => occurrenceAt(entry, nowMs) !== undefined);
    if (this.#requested.length >= maxRequestedFaults) return undefined;
    const entry = { fault, atMs: nowMs, everyMs: undefined, forMs };
    if (!isMomentary(entry)) this.#requested = [...this.#requested, entry];
    return occurrence(entry, nowMs);
  }

  /** Ends all faults and strikes what the scenario still had in store. Returns how many were active. */
  clear(nowMs: number): number {
    const ended = this.active(nowMs).length;
    this.#planned = [];
    this.#requested = [];
    return ended;
  }

  /** What is wrong at `nowMs`, in the order of the scenario, then of the requests. */
  active(nowMs: number): Occurrence[] {
    return [...this.#planned, ...this.#requested].flatMap((entry) => occurrenceAt(entry, nowMs) ?? []);
  }

  /** The scenario's faults that began after `sinceMs` and not later than `nowMs`, momentary ones included. */
  begun(sinceMs: number, nowMs: number): Occurrence[] {
    return this.#planned.flatMap((entry) => {
      const startMs = lastStart(entry, nowMs);
      return startMs === undefined || startMs <= sinceMs ? [] : [occurrence(entry, startMs)];
    });
  }
}

function isMomentary(entry: Entry): boolean {
  return entry.fault.fault === 'disconnect' && entry.forMs === undefined;
}

function lastStart({ atMs, everyMs }: Entry, nowMs: number): number | undefined {
  if (nowMs < atMs) return undefined;
  return everyMs === undefined ? atMs : nowMs - ((nowMs - atMs) % everyMs);
}

function occurrenceAt(entry: Entry, nowMs: number): Occurrence | undefined {
  const startMs = lastStart(entry, nowMs);
  if (startMs === undefined) return undefined;
  const found = occurrence(entry, startMs);
  return found.endMs !== undefined && nowMs >= found.endMs ? undefined : found;
}

function occurrence(entry: Entry, startMs: number): Occurrence {
  const lastsMs = isMomentary(entry) ? 0 : entry.forMs;
  return { fault: entry.fault, startMs, endMs: lastsMs === undefined ? undefined : startMs + lastsMs };
}
