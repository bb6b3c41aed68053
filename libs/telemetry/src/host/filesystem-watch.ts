import { readFile, stat, statfs } from 'node:fs/promises';
import type { Clock } from '@tapewatch/model';
import { parseMounts } from './proc-parsers.js';
import type { Mount } from './proc-parsers.js';

export interface FilesystemFigures {
  readonly mount: Mount;
  readonly usedBytes: number;
  /** Free for everybody. */
  readonly freeBytes: number;
  /** Free for the superuser alone. */
  readonly reservedBytes: number;
}

/** What of the operating system the watch uses; a test's stands in for mounts that hang. */
export interface FilesystemPort {
  /** The mounts to watch. */
  mounts(): Promise<readonly Mount[]>;
  measure(mount: Mount): Promise<FilesystemFigures | undefined>;
}

const refreshMs = 5000;
/** Figures older than this are no longer shown. */
const freshMs = 30_000;
/** A mount that does not answer holds a thread of Node's pool; more of them than this would block all other file access. */
const mostPending = 2;

/** Measures filesystems in the background. One that hangs loses its figures, and is not asked again until it has answered. */
export class FilesystemWatch {
  readonly #clock: Clock;
  readonly #port: FilesystemPort;
  readonly #figures = new Map<string, { readonly figures: FilesystemFigures; readonly atMs: number }>();
  readonly #pending = new Set<string>();
  #waiting: readonly Mount[] = [];
  #refreshing = false;
  #startedAtMs = -Infinity;

  constructor(clock: Clock, port: FilesystemPort) {
    this.#clock = clock;
    this.#port = port;
  }

  /** What is known and fresh, at once; begins to refresh it when it is time. */
  latest(): FilesystemFigures[] {
    const nowMs = this.#clock.monotonic();
    if (!this.#refreshing && nowMs - this.#startedAtMs >= refreshMs) {
      this.#startedAtMs = nowMs;
      void this.#refresh();
    }
    return [...this.#figures.values()].filter(({ atMs }) => nowMs - atMs < freshMs).map(({ figures }) => figures);
  }

  async #refresh(): Promise<void> {
    this.#refreshing = true;
    try {
      const mounts = await this.#port.mounts();
      const present = new Set(mounts.map(({ mountpoint }) => mountpoint));
      for (const mountpoint of this.#figures.keys()) if (!present.has(mountpoint)) this.#figures.delete(mountpoint);
      this.#waiting = mounts.filter(({ mountpoint }) => !this.#pending.has(mountpoint));
      this.#askNext();
    } catch {
      // Without a list of mounts the figures grow old and vanish, which is what is known about them.
    } finally {
      this.#refreshing = false;
    }
  }

  #askNext(): void {
    while (this.#pending.size < mostPending) {
      const [mount, ...rest] = this.#waiting;
      if (mount === undefined) return;
      this.#waiting = rest;
      this.#pending.add(mount.mountpoint);
      void this.#ask(mount);
    }
  }

  async #ask(mount: Mount): Promise<void> {
    try {
      const figures = await this.#port.measure(mount);
      if (figures !== undefined) this.#figures.set(mount.mountpoint, { figures, atMs: this.#clock.monotonic() });
    } catch {
      // Gone, or not allowed: its figures grow old and vanish.
    }
    this.#pending.delete(mount.mountpoint);
    this.#askNext();
  }
}

/** The mounts of procfs; where there is none, the filesystem that the working directory's path begins on. */
export function systemFilesystems(procRoot: string, platform: NodeJS.Platform, rootPath: string): FilesystemPort {
  return {
    async mounts() {
      if (platform !== 'linux') return [{ device: rootPath, mountpoint: rootPath, type: '', mode: 'rw' }];
      return parseMounts(await readFile(`${procRoot}/self/mounts`, 'utf8'));
    },
    async measure(mount) {
      // Containers have single files mounted over their own, from the disk of the machine.
      if (!(await stat(mount.mountpoint)).isDirectory()) return undefined;
      const { bsize, blocks, bfree, bavail } = await statfs(mount.mountpoint);
      if (blocks === 0) return undefined;
      return {
        mount,
        usedBytes: (blocks - bfree) * bsize,
        freeBytes: bavail * bsize,
        reservedBytes: Math.max(0, bfree - bavail) * bsize,
      };
    },
  };
}
