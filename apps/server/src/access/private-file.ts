import { rename, rm, writeFile } from 'node:fs/promises';

/** A file that its owner alone can read. Written beside and renamed: a crash never leaves half of it. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  // What a crash left there may have another mode, which writing would keep.
  await rm(`${file}.new`, { force: true });
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
