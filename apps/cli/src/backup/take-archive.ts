import { createHash } from 'node:crypto';
import { mkdtemp, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readArchive, type ArchiveManifest } from '@tapewatch/database';

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
 * backup, and a former one stays until the new one is good.
 */
export async function takeArchive(options: TakeOptions): Promise<TakenArchive> {
  const partial = `${options.file}.partial`;
  const folder = await mkdtemp(join(dirname(options.file), '.tapewatch-check-'));
  try {
    const sha256 = await write(partial, options);
    const manifest = await readArchive({ path: partial, into: folder, signal: options.signal });
    await rename(partial, options.file);
    return { manifest, bytes: options.bytes, sha256 };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(partial, { force: true });
  }
}

async function write(partial: string, { content, bytes, progress, signal }: TakeOptions): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(partial, 'w', 0o600);
  try {
    let done = 0;
    for await (const chunk of content) {
      signal.throwIfAborted();
      hash.update(chunk);
      await file.writeFile(chunk);
      progress((done += chunk.length), bytes);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
