import type { Counter, Histogram, Meter } from '@opentelemetry/api';
import { messageOf, type Clock, type Logger } from '@tapewatch/model';
import type { PluginContext, QuerySample } from '@tapewatch/plugin-sdk';
import { guardedFetch } from './guarded-fetch.js';

/** Why a call of a plugin gave nothing. */
export interface PluginFailure {
  readonly reason: 'threw' | 'deadline' | 'stopped';
  readonly message: string;
}

export type PluginCall<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: PluginFailure };

export interface SupervisorOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly query: (promql: string) => Promise<readonly QuerySample[]>;
  /** Told of every failure. */
  readonly noteError: (plugin: string, message: string) => void;
}

export interface Instance {
  readonly plugin: string;
  readonly kind: 'check' | 'channel';
  readonly type: string;
  /** From the config. */
  readonly name: string;
}

/** Calls plugins: with a context, under a deadline, counted; what goes wrong in one stays in it. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #stopping = new AbortController();
  readonly #runs: Counter;
  readonly #failures: Counter;
  readonly #duration: Histogram;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { meter } = options;
    this.#runs = meter.createCounter('plugin.runs', { unit: '{run}', description: 'Calls of a plugin' });
    this.#failures = meter.createCounter('plugin.failures', {
      unit: '{failure}',
      description: 'Calls that threw or missed their deadline',
    });
    this.#duration = meter.createHistogram('plugin.duration', {
      unit: 's',
      description: 'How long a call of a plugin took',
      advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
    });
  }

  /** Makes the series of an instance's plugin, so that 0 is a value. */
  announce({ plugin, kind }: Instance): void {
    this.#runs.add(0, { plugin, kind });
    for (const reason of ['threw', 'deadline']) this.#failures.add(0, { plugin, kind, reason });
  }

  /** Never rejects. A call that ignores its signal is left alone after the deadline; its late result is dropped. */
  async call<T>(
    instance: Instance,
    deadlineMs: number,
    run: (context: PluginContext) => Promise<T> | T,
  ): Promise<PluginCall<T>> {
    const { clock } = this.#options;
    const call = new AbortController();
    const begun = clock.monotonic();
    const ended = new Promise<PluginFailure>((resolve) => {
      const timer = clock.setTimeout(
        () => resolve({ reason: 'deadline', message: `no answer within ${deadlineMs / 1000} s` }),
        deadlineMs,
      );
      const stop = (): void => resolve({ reason: 'stopped', message: 'the program stops' });
      this.#stopping.signal.addEventListener('abort', stop);
      if (this.#stopping.signal.aborted) stop();
      call.signal.addEventListener('abort', () => {
        timer.cancel();
        this.#stopping.signal.removeEventListener('abort', stop);
      });
    });
    const outcome = await Promise.race([
      this.run(instance, call.signal, run),
      ended.then((failure) => ({ ok: false as const, failure })),
    ]);
    call.abort();
    this.count(instance, outcome, (clock.monotonic() - begun) / 1000);
    return outcome;
  }

  /** Ends every call under way; later ones fail at once. */
  stop(): void {
    this.#stopping.abort();
  }

  private async run<T>(
    instance: Instance,
    signal: AbortSignal,
    run: (context: PluginContext) => Promise<T> | T,
  ): Promise<PluginCall<T>> {
    try {
      return { ok: true, value: await run(this.contextFor(instance, signal)) };
    } catch (thrown) {
      return { ok: false, failure: { reason: 'threw', message: messageOf(thrown) } };
    }
  }

  private contextFor(instance: Instance, signal: AbortSignal): PluginContext {
    const { clock, logger, meter, query } = this.#options;
    return {
      name: instance.name,
      logger: logger.child({ plugin: instance.plugin, [instance.kind]: instance.name }),
      meter,
      clock,
      signal,
      fetch: guardedFetch(signal),
      query,
    };
  }

  private count(instance: Instance, outcome: PluginCall<unknown>, seconds: number): void {
    const { plugin, kind } = instance;
    this.#runs.add(1, { plugin, kind });
    this.#duration.record(seconds, { plugin, kind });
    if (outcome.ok || outcome.failure.reason === 'stopped') return;
    this.#failures.add(1, { plugin, kind, reason: outcome.failure.reason });
    this.#options.noteError(plugin, `${instance.name}: ${outcome.failure.message}`);
  }
}
