import { stat } from 'node:fs/promises';
import type { Clock, Timer } from '@tapewatch/model';

export interface WatchFilesOptions {
  /** What to look at now: absolute paths of files and folders. Asked each time, as a reload may change it. */
  readonly paths: () => readonly string[];
  /** Called once what has changed has been quiet for one look. */
  readonly changed: () => void;
  readonly everyMs: number;
  readonly clock: Clock;
  /** What tells one state of a file from another; '' when it is not there. */
  readonly stateOf?: (path: string) => Promise<string>;
}

/**
 * Looks at files again and again: editors that replace a file, links that are moved to another folder, and network folders are all seen,
 * which is more than the notices of operating systems promise. A file in the midst of being written is left alone until it is quiet.
 */
export class WatchFiles {
  readonly #options: WatchFilesOptions;
  #timer: Timer | undefined;
  #stopped = false;
  /** Of the newest look. */
  #seen: string | undefined;
  /** As of the last call, or of the first look. */
  #told: string | undefined;

  constructor(options: WatchFilesOptions) {
    this.#options = options;
  }

  start(): void {
    void this.look();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  private async look(): Promise<void> {
    const { paths, changed, clock, everyMs, stateOf = stateOnDisk } = this.#options;
    const all = [...new Set(paths())].sort();
    const states = await Promise.all(all.map(stateOf));
    if (this.#stopped) return;
    const now = all.map((path, i) => `${path}\u0000${states[i]}`).join('\u0001');
    this.#told ??= now;
    const isQuiet = now === this.#seen;
    this.#seen = now;
    if (isQuiet && now !== this.#told) {
      this.#told = now;
      changed();
    }
    this.#timer = clock.setTimeout(() => void this.look(), everyMs);
  }
}

/** What tells one state of a file from another; '' when it cannot be looked at. */
export async function stateOnDisk(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return '';
  }
}
