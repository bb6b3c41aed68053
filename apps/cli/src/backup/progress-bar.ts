import { displayWidth } from '../display-width.js';
import type { Terminal } from '../terminal.js';

const cells = 24;
const everyMs = 100;
const clearLine = '\r\u001b[K';

/**
 * A bar with percentage and time left on a terminal, drawn over itself on stderr; nothing elsewhere, so that pipes and logs stay clean.
 * `end` takes it away.
 */
export class ProgressBar {
  readonly #terminal: Pick<Terminal, 'log' | 'logIsRead'>;
  readonly #label: string;
  readonly #left: (seconds: number) => string;
  readonly #now: () => number;
  readonly #startedMs: number;
  #drawnMs = -Infinity;

  constructor(options: {
    readonly terminal: Pick<Terminal, 'log' | 'logIsRead'>;
    readonly label: string;
    /** "12 s left" */
    readonly left: (seconds: number) => string;
    /** Milliseconds from an arbitrary start. */
    readonly now: () => number;
  }) {
    this.#terminal = options.terminal;
    this.#label = options.label;
    this.#left = options.left;
    this.#now = options.now;
    this.#startedMs = options.now();
  }

  update(done: number, total: number): void {
    if (!this.#terminal.logIsRead) return;
    const now = this.#now();
    if (now - this.#drawnMs < everyMs && done < total) return;
    this.#drawnMs = now;
    const share = total > 0 ? Math.min(1, done / total) : 1;
    const full = Math.floor(share * cells);
    const bar = `${'█'.repeat(full)}${'░'.repeat(cells - full)}`;
    const percent = `${Math.floor(share * 100)} %`.padStart(5);
    const label = this.#label.padEnd(this.#label.length + Math.max(0, 12 - displayWidth(this.#label)));
    this.#terminal.log(`${clearLine}${label} ${bar} ${percent}${this.#remaining(share, now)}`);
  }

  end(): void {
    if (this.#terminal.logIsRead && this.#drawnMs > -Infinity) this.#terminal.log(clearLine);
  }

  /** Not before there is something to tell it from. */
  #remaining(share: number, now: number): string {
    const elapsedMs = now - this.#startedMs;
    if (share <= 0 || share >= 1 || elapsedMs < 1_000) return '';
    return `  ${this.#left(Math.ceil(((elapsedMs / share) * (1 - share)) / 1000))}`;
  }
}
