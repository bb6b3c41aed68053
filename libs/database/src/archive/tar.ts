/** One block of the ustar format: every tar reads it. */
export const blockBytes = 512;

export interface TarEntry {
  readonly name: string;
  readonly bytes: number;
}

export function tarHeader({ name, bytes }: TarEntry, mtimeMs: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  header.write(name, 0, 100, 'utf8');
  header.write('0000600\u0000', 100, 'latin1');
  header.write('0000000\u00000000000\u0000', 108, 'latin1');
  header.write(`${octal(bytes)}\u0000`, 124, 'latin1');
  header.write(`${octal(Math.floor(mtimeMs / 1000))}\u0000`, 136, 'latin1');
  header.write('0', 156, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  header.fill(' ', 148, 156);
  header.write(`${sumOf(header).toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1');
  return header;
}

/** What fills the last block of an entry. */
export function tarPadding(bytes: number): Buffer {
  return Buffer.alloc((blockBytes - (bytes % blockBytes)) % blockBytes);
}

export function tarEnd(): Buffer {
  return Buffer.alloc(2 * blockBytes);
}

/** Undefined at the end of the archive. Throws when the block is no header. */
export function parseTarHeader(block: Buffer): TarEntry | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const written = Number.parseInt(block.toString('latin1', 148, 154), 8);
  const summed = Buffer.from(block).fill(' ', 148, 156);
  if (block.toString('latin1', 257, 262) !== 'ustar' || sumOf(summed) !== written)
    throw new Error('a header is damaged');
  const name = block.toString('utf8', 0, 100).replace(/\u0000.*$/su, '');
  const bytes = Number.parseInt(block.toString('latin1', 124, 135), 8);
  if (!Number.isSafeInteger(bytes)) throw new Error('a header is damaged');
  return { name, bytes };
}

function octal(value: number): string {
  return value.toString(8).padStart(11, '0');
}

function sumOf(block: Buffer): number {
  return block.reduce((sum, byte) => sum + byte, 0);
}
