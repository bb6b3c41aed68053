import { createHash } from 'node:crypto';
import { mkdtemp, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readArchive, writing, type ArchiveManifest } from '@tapewatch/database';

export interface TakeOptions {
  readonly file: string;
  readonly content: AsyncIterable<Uint8Array>;
  readonly bytes: number;
  readonly progress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface TakenArchive {
  readonly manifest: ArchiveManifest;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes an archive beside its place, reads it back and checks all of it, and only then gives it its name: under it there never stands half a
 * backup, and a former one stays until the new one is good. Throws StartError UNAVAILABLE, with what to do, where it cannot be written; nothing
 * is left then.
 */
export async function takeArchive(options: TakeOptions): Promise<TakenArchive> {
  const partial = `${options.file}.partial`;
  const place = dirname(options.file);
  const folder = await writing(place, () => mkdtemp(join(place, '.tapewatch-check-')));
  try {
    const sha256 = await write(partial, options);
    const manifest = await readArchive({ path: partial, into: folder, signal: options.signal });
    await writing(place, () => rename(partial, options.file));
    return { manifest, bytes: options.bytes, sha256 };
  } finally {
    await rm(folder, { recursive: true, force: true });
    // A folder of this name is nothing that was written here.
    await rm(partial, { force: true }).catch(() => undefined);
  }
}

async function write(partial: string, { content, bytes, progress, signal }: TakeOptions): Promise<string> {
  const hash = createHash('sha256');
  const place = dirname(partial);
  const file = await writing(place, () => open(partial, 'w', 0o600));
  try {
    let done = 0;
    for await (const chunk of content) {
      signal.throwIfAborted();
      hash.update(chunk);
      await writing(place, () => file.writeFile(chunk));
      progress((done += chunk.length), bytes);
    }
    await writing(place, () => file.sync());
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
