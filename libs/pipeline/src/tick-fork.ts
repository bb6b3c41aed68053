import { messageOf, type Logger, type Tick, type TickStage } from '@tapewatch/model';

/**
 * Hands a tick to several stages in order. They are added before the first tick, as they are themselves measured by the meters
 * whose ticks they take.
 */
export class TickFork implements TickStage {
  readonly #logger: Logger;
  readonly #stages: TickStage[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(...stages: readonly TickStage[]): void {
    this.#stages.push(...stages);
  }

  accept(tick: Tick): void {
    for (const stage of this.#stages) {
      try {
        stage.accept(tick);
      } catch (thrown) {
        this.#logger.error({ error: messageOf(thrown) }, 'a stage could not take a tick');
      }
    }
  }
}
