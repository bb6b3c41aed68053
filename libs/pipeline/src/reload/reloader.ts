import type { Meter } from '@opentelemetry/api';
import type { TapewatchConfig } from '@tapewatch/config';
import { accepted, ConfigError, formatProblem, messageOf, refused } from '@tapewatch/model';
import type { Clock, CommandResult, Logger } from '@tapewatch/model';
import { configChanges } from './config-changes.js';

/** What a reload did. */
export interface Reload {
  readonly reloadedAt: number;
  /** Sections of the configuration and rules that are in force now, by name; empty: nothing had changed. */
  readonly changed: readonly string[];
  /** Sections that were changed, too, but take effect at the next start only. */
  readonly waitingForRestart: readonly string[];
}

export interface ReloaderOptions {
  /** The configuration in force. */
  readonly config: TapewatchConfig;
  /** Reads it again, from the same place. Rejects with a ConfigError when there is anything wrong with it. */
  readonly read: () => Promise<TapewatchConfig>;
  /**
   * Makes everything that can fail, and changes nothing; rejects with a ConfigError. What it answers puts all of it into force between two
   * ticks, does not fail, and says which rules changed, by name.
   */
  readonly prepare: (config: TapewatchConfig) => Promise<() => readonly string[]>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

/**
 * Reads the configuration again while the program runs: all or nothing. What is wrong is told, and what was in force stays. One at a time;
 * whoever asks while one is under way gets the result of the next, which sees every change made before it was asked for.
 */
export class Reloader {
  readonly #options: ReloaderOptions;
  #config: TapewatchConfig;
  #running: Promise<unknown> | undefined;
  #next: Promise<CommandResult<Reload>> | undefined;
  #reloadedAt: number | undefined;
  #error: string | undefined;

  constructor(options: ReloaderOptions) {
    this.#options = options;
    this.#config = options.config;
    const { meter } = options;
    meter
      .createObservableGauge('tapewatch.config.reload.successful', {
        unit: '{state}',
        description: '1 while the configuration on disk is the one in force, 0 after a reload that was refused',
      })
      .addCallback((result) => result.observe(this.#error === undefined ? 1 : 0));
  }

  /** The configuration in force. */
  get config(): TapewatchConfig {
    return this.#config;
  }

  /** When the newest reload succeeded; undefined before the first. */
  get reloadedAt(): number | undefined {
    return this.#reloadedAt;
  }

  /** Why the newest reload was refused; undefined when it was not. */
  get error(): string | undefined {
    return this.#error;
  }

  /** `by` is who or what asked, for the log. */
  reload(by: string): Promise<CommandResult<Reload>> {
    if (this.#running === undefined) return this.begin(by);
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.begin(by);
    });
    return this.#next;
  }

  private begin(by: string): Promise<CommandResult<Reload>> {
    const run = this.run(by).finally(() => {
      if (this.#running === run) this.#running = undefined;
    });
    this.#running = run;
    return run;
  }

  private async run(by: string): Promise<CommandResult<Reload>> {
    const { read, prepare, clock, logger } = this.#options;
    try {
      const config = await read();
      const apply = await prepare(config);
      const { applied, waiting } = configChanges(this.#config, config);
      const rules = apply();
      this.#config = config;
      this.#reloadedAt = clock.now();
      this.#error = undefined;
      const changed = [...applied, ...rules];
      logger.info(
        { by, changed },
        changed.length === 0 ? 'configuration read again: nothing has changed' : 'configuration reloaded',
      );
      if (waiting.length > 0)
        logger.warn({ sections: waiting }, 'these sections have changed, too; they take effect at the next start');
      return accepted({ reloadedAt: this.#reloadedAt, changed, waitingForRestart: waiting });
    } catch (thrown) {
      const problems = thrown instanceof ConfigError ? thrown.problems.map(formatProblem) : [messageOf(thrown)];
      this.#error = problems.join('\n');
      logger.error({ by, problems }, 'the configuration was not reloaded: the last good one stays in force');
      return refused('INVALID_INPUT', this.#error);
    }
  }
}
