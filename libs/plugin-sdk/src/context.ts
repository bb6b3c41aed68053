import type { Meter } from '@opentelemetry/api';
import type { Clock, Logger } from '@tapewatch/model';

/** One series of an answer; `value` is the newest. @public */
export interface QuerySample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a plugin is given, on every call; there is nothing else to reach for. @public */
export interface PluginContext {
  /** The name from the config under which this instance runs. */
  readonly name: string;
  /** Writes to the program's log, marked with the plugin and the instance. */
  readonly logger: Logger;
  /** Instruments made here are called `<plugin>.<name>` and arrive on the next tick like every other metric. */
  readonly meter: Meter;
  readonly clock: Clock;
  /**
   * Aborted when the deadline passes or the program stops: hand it to everything that waits. After that there are 200 ms to answer
   * all the same, so that a check can say that what it looks at does not reply.
   */
  readonly signal: AbortSignal;
  /** HTTP with `signal` applied; at most 1 MiB of a reply is read. */
  readonly fetch: typeof globalThis.fetch;
  /** An instant PromQL query over what the program measures, as of the newest tick. Rejects on wrong text. */
  readonly query: (promql: string) => Promise<readonly QuerySample[]>;
}
