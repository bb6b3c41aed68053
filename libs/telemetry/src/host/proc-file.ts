import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

const pageBytes = 4096;
/**
 * The kernel may give no more than a page at a time, ended after its last whole line. Lines are shorter than
 * half a page, so a piece that is shorter than that has nothing after it, which spares most files a second call.
 */
const lastPieceBytes = 2048;

/**
 * A file of procfs, opened once and read again and again from its beginning, off the main thread. Reading never throws:
 * undefined when this machine has no such file.
 */
export class ProcFile {
  readonly #path: string;
  #handle: Promise<FileHandle | undefined> | undefined;
  #buffer = Buffer.allocUnsafe(8192);

  constructor(path: string) {
    this.#path = path;
  }

  async read(): Promise<string | undefined> {
    this.#handle ??= open(this.#path).catch(() => undefined);
    const handle = await this.#handle;
    if (handle === undefined) return undefined;
    try {
      let length = 0;
      for (;;) {
        if (this.#buffer.length - length < pageBytes)
          this.#buffer = Buffer.concat([this.#buffer], this.#buffer.length * 2);
        const { bytesRead } = await handle.read(this.#buffer, length, this.#buffer.length - length, length);
        length += bytesRead;
        if (bytesRead < lastPieceBytes) return this.#buffer.toString('utf8', 0, length);
      }
    } catch {
      return undefined;
    }
  }

  async close(): Promise<void> {
    const handle = await this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => undefined);
  }
}
