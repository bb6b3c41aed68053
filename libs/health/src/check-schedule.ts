import type { Clock, ComponentHealth, HealthEvent, HealthStatus, Logger, Timer } from '@tapewatch/model';
import { delay } from '@tapewatch/model';
import type { CheckResult } from '@tapewatch/plugin-sdk';

/** One configured check; declared here by the one who runs it. */
export interface Check {
  readonly name: string;
  readonly plugin: string;
  readonly intervalMs: number;
  /** Below the interval. */
  readonly timeoutMs: number;
  /** Never rejects and keeps its own deadline. A failure is of the check itself, not of what it looks at. */
  run(): Promise<
    | { readonly ok: true; readonly value: CheckResult }
    | { readonly ok: false; readonly failure: { readonly reason: string; readonly message: string } }
  >;
}

export interface StatusChange {
  readonly previous?: HealthStatus;
  readonly health: ComponentHealth;
}

export interface CheckScheduleOptions {
  readonly check: Check;
  /** What was known when the program ended. */
  readonly last?: HealthEvent;
  readonly changed: (change: StatusChange) => void;
  readonly ran: (seconds: number) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A failure counts only if it is still there after this. */
const confirmAfterMs = 2_000;

/** Runs one check: at once, then on its interval, never twice at a time. */
export class CheckSchedule {
  readonly #options: CheckScheduleOptions;
  readonly #stopping = new AbortController();
  #health: ComponentHealth;
  #recorded: HealthStatus | undefined;
  #running: Promise<void> | undefined;
  #timer: Timer | undefined;
  #nextAtMs = 0;

  constructor(options: CheckScheduleOptions) {
    this.#options = options;
    const { name, plugin } = options.check;
    this.#recorded = options.last?.status;
    // Until the first result the status is not known, whatever it was before the program ended.
    this.#health = { name, plugin, status: 'unknown', summary: 'not checked yet' };
  }

  get health(): ComponentHealth {
    return this.#health;
  }

  /** Whether there has been a result since the start. */
  get judged(): boolean {
    return this.#health.checkedAt !== undefined;
  }

  start(): void {
    this.#nextAtMs = this.#options.clock.monotonic();
    void this.runNow();
    this.schedule();
  }

  /** Runs the check, or joins the run under way; resolves with what is known after it, confirmation included. */
  async runNow(): Promise<ComponentHealth> {
    this.#running ??= this.round().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
    return this.#health;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#timer?.cancel();
    await this.#running;
  }

  /** On the monotonic grid of the interval, so that slow runs do not shift it. */
  private schedule(): void {
    const { check, clock } = this.#options;
    this.#nextAtMs += check.intervalMs;
    const behindMs = clock.monotonic() - this.#nextAtMs;
    if (behindMs > 0) this.#nextAtMs += Math.ceil(behindMs / check.intervalMs) * check.intervalMs;
    this.#timer = clock.setTimeout(() => {
      void this.runNow();
      this.schedule();
    }, this.#nextAtMs - clock.monotonic());
  }

  private async round(): Promise<void> {
    const first = await this.look();
    if (this.#stopping.signal.aborted) return;
    const wasWell = this.#recorded === 'healthy' || this.#recorded === undefined;
    if (first.status === 'healthy' || !wasWell) {
      this.take(first);
      return;
    }
    await delay(this.#options.clock, confirmAfterMs, this.#stopping.signal);
    if (this.#stopping.signal.aborted) return;
    const second = await this.look();
    if (!this.#stopping.signal.aborted) this.take(second);
  }

  private async look(): Promise<ComponentHealth> {
    const { check, clock } = this.#options;
    const begun = clock.monotonic();
    const outcome = await check.run();
    const responseTimeMs = clock.monotonic() - begun;
    this.#options.ran(responseTimeMs / 1000);
    const result: CheckResult = outcome.ok
      ? outcome.value
      : { status: 'unknown', summary: `the check is broken: ${outcome.failure.message}` };
    return {
      name: check.name,
      plugin: check.plugin,
      status: result.status,
      responseTimeMs,
      checkedAt: clock.now(),
      ...(result.summary === undefined ? {} : { summary: result.summary }),
      ...(result.details === undefined ? {} : { details: result.details }),
    };
  }

  private take(found: ComponentHealth): void {
    const unchanged = this.#recorded === found.status;
    const since = unchanged ? (this.#health.since ?? this.#options.last?.at) : found.checkedAt;
    this.#health = { ...found, ...(since === undefined ? {} : { since }) };
    if (unchanged) return;
    const previous = this.#recorded;
    this.#recorded = found.status;
    this.#options.changed({ health: this.#health, ...(previous === undefined ? {} : { previous }) });
  }
}
