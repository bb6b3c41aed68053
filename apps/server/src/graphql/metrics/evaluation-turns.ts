import type { CommandResult } from '@tapewatch/model';
import type { Eventually } from '@tapewatch/pipeline';
import { refused } from '@tapewatch/model';

const mostWaiting = 50;

/**
 * Spreads evaluations over the turns of the event loop, one in each, first come first served: they run on the thread of the
 * tick, and one that falls due meanwhile then waits for a single evaluation, however many were asked for at once. One that
 * reads from the disk leaves its turn to the next until it has what it needs.
 */
export class EvaluationTurns {
  #newest: Promise<void> = Promise.resolve();
  #asked = 0;

  /** Refuses with UNAVAILABLE when 50 that were asked for wait already. */
  async ask<T>(evaluate: () => Eventually<CommandResult<T>>): Promise<CommandResult<T>> {
    if (this.#asked >= mostWaiting) {
      return refused('UNAVAILABLE', `${mostWaiting} queries wait to be evaluated already; ask again in a moment`);
    }
    this.#asked++;
    try {
      return await this.run(evaluate);
    } finally {
      this.#asked--;
    }
  }

  /** Never refuses: for those who are few, and ask for the next only when they have the one before. */
  run<T>(evaluate: () => Eventually<T>): Promise<T> {
    const turn = this.#newest.then(nextTurn);
    this.#newest = turn;
    return turn.then(evaluate);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
