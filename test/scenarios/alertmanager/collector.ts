import { expect } from 'vitest';

/** Seconds since the beginning of a scenario; the end counts, too. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

export function between(from: number, to: number): Interval {
  return { from, to };
}

/** An alert as a channel is told of it; times in seconds since the beginning. */
export interface ToldAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: number;
  /** Only of one that is over. */
  readonly endsAt?: number;
}

/** An alert as a scenario writes it down: `alert('alertname', 'test').active(1, 3)`. */
export class ScenarioAlert {
  readonly labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>> = {};
  startsAt: number | undefined;
  endsAt: number | undefined;

  constructor(...pairs: readonly string[]) {
    this.labels = Object.fromEntries(
      Array.from({ length: pairs.length / 2 }, (_, i) => [pairs[2 * i] as string, pairs[2 * i + 1] as string]),
    );
  }

  active(startsAt: number, endsAt?: number): this {
    this.startsAt = startsAt;
    this.endsAt = endsAt;
    return this;
  }

  annotate(name: string, value: string): this {
    this.annotations = { ...this.annotations, [name]: value };
    return this;
  }
}

export function alert(...pairs: readonly string[]): ScenarioAlert {
  return new ScenarioAlert(...pairs);
}

/** What Alertmanager's own tests allow between a time and the time that was meant, seconds. */
const tolerance = 0.15;

/** What one channel was told, and what it is expected to be told: each batch in its interval, and nothing beside them. */
export class Collector {
  readonly #told: { readonly at: number; readonly alerts: readonly ToldAlert[] }[] = [];
  readonly #wanted: { readonly interval: Interval; readonly alerts: readonly ScenarioAlert[] }[] = [];

  want(interval: Interval, ...alerts: readonly ScenarioAlert[]): void {
    this.#wanted.push({ interval, alerts });
  }

  take(at: number, alerts: readonly ToldAlert[]): void {
    this.#told.push({ at, alerts });
  }

  /** When everything that is wanted has been told, or has not. */
  get endsAt(): number {
    return Math.max(0, ...this.#wanted.map(({ interval }) => interval.to));
  }

  check(): void {
    const shown = this.#told.map(({ at, alerts }) => `@${at}: ${JSON.stringify(alerts)}`).join('\n');
    for (const { interval, alerts } of this.#wanted) {
      const within = this.#told.filter(({ at }) => at >= interval.from && at <= interval.to);
      const isThere =
        alerts.length === 0 ? within.length === 0 : within.some((batch) => isSameBatch(alerts, batch.alerts));
      expect(isThere, `in [${interval.from}, ${interval.to}] ${JSON.stringify(alerts)}\ntold:\n${shown}`).toBe(true);
    }
    const count = (batches: readonly { readonly alerts: readonly unknown[] }[]): number =>
      batches.reduce((sum, batch) => sum + batch.alerts.length, 0);
    expect(count(this.#told), `alerts told in all\n${shown}`).toBe(count(this.#wanted));
  }
}

function isSameBatch(wanted: readonly ScenarioAlert[], told: readonly ToldAlert[]): boolean {
  return wanted.length === told.length && wanted.every((expected) => told.some((one) => isSameAlert(expected, one)));
}

function isSameAlert(wanted: ScenarioAlert, told: ToldAlert): boolean {
  return (
    isSameRecord(wanted.labels, told.labels) &&
    isSameRecord(wanted.annotations, told.annotations) &&
    isAbout(wanted.startsAt, told.startsAt) &&
    (wanted.endsAt === undefined) === (told.endsAt === undefined) &&
    isAbout(wanted.endsAt, told.endsAt)
  );
}

function isSameRecord(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function isAbout(wanted: number | undefined, told: number | undefined): boolean {
  return wanted === undefined || (told !== undefined && Math.abs(wanted - told) <= tolerance);
}
