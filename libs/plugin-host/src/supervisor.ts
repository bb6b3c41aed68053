import type { Counter, Histogram, Meter } from '@opentelemetry/api';
import { messageOf, type Clock, type Logger, type Timer } from '@tapewatch/model';
import type { PluginContext, QuerySample } from '@tapewatch/plugin-sdk';
import { guardedFetch } from './guarded-fetch.js';
import { namespacedMeter } from './namespaced-meter.js';

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

/** After its signal is aborted a call may still say what that means: a check whose target hangs is not broken. */
const lastWordMs = 200;

/** Calls plugins: with a context, under a deadline, counted; what goes wrong in one stays in it. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #stopping = { check: new AbortController(), channel: new AbortController() };
  readonly #meters = new Map<string, Meter>();
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

  /** Never rejects. At the deadline the signal is aborted; a call that ignores it is left alone, and its late result is dropped. */
  async call<T>(
    instance: Instance,
    deadlineMs: number,
    run: (context: PluginContext) => Promise<T> | T,
  ): Promise<PluginCall<T>> {
    const { clock } = this.#options;
    const call = new AbortController();
    const stopping = this.#stopping[instance.kind].signal;
    const begun = clock.monotonic();
    const deadline = clock.setTimeout(() => call.abort(), deadlineMs);
    let verdict: Timer | undefined;
    let stop = (): void => undefined;
    const ended = new Promise<PluginCall<T>>((resolve) => {
      const fail = (failure: PluginFailure): void => resolve({ ok: false, failure });
      const message = `no answer within ${deadlineMs / 1000} s`;
      verdict = clock.setTimeout(() => fail({ reason: 'deadline', message }), deadlineMs + lastWordMs);
      stop = () => {
        call.abort();
        fail({ reason: 'stopped', message: 'the program stops' });
      };
      stopping.addEventListener('abort', stop);
      if (stopping.aborted) stop();
    });
    const outcome = await Promise.race([this.run(instance, call.signal, run), ended]);
    deadline.cancel();
    verdict?.cancel();
    stopping.removeEventListener('abort', stop);
    call.abort();
    this.count(instance, outcome, (clock.monotonic() - begun) / 1000);
    return outcome;
  }

  /** Ends every call of a kind that is under way; later ones fail at once. */
  stop(kind: Instance['kind']): void {
    this.#stopping[kind].abort();
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
      meter: this.meterOf(instance.plugin, meter),
      clock,
      signal,
      fetch: guardedFetch(signal),
      query,
    };
  }

  private meterOf(plugin: string, meter: Meter): Meter {
    const known = this.#meters.get(plugin);
    if (known !== undefined) return known;
    const made = namespacedMeter(meter, plugin.replaceAll('-', '_'));
    this.#meters.set(plugin, made);
    return made;
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
