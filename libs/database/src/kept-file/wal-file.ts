/*
 * Reads SQLite's write-ahead log (sqlite.org/fileformat2.html#walformat). SQLite itself stops silently where the log does not hold
 * together; this tells whether something that had been committed stood behind that place.
 */
const headerBytes = 32;
const frameHeaderBytes = 24;
const magic = 0x377f0682;

export interface WalReading {
  /** Marks the frames of one run of the log. */
  readonly salts: readonly [number, number];
  /** Frames up to the last commit that holds together. */
  readonly frames: number;
  /** Page number -> where its newest committed content stands in the log. */
  readonly pages: ReadonlyMap<number, number>;
  /** Pages of the database after the last commit; 0 when there is none. */
  readonly pageCount: number;
  /** Commits of the same run behind the first frame that does not hold together. One may be a commit that nobody was told of. */
  readonly lostCommits: number;
}

const nothing: WalReading = { salts: [0, 0], frames: 0, pages: new Map(), pageCount: 0, lostCommits: 0 };

export function readWal(log: Buffer): WalReading {
  if (log.length < headerBytes) return nothing;
  const word = log.readUInt32BE(0);
  const pageSize = log.readUInt32BE(8);
  const salts: [number, number] = [log.readUInt32BE(16), log.readUInt32BE(20)];
  const sum = new WalSum((word & 1) === 0);
  const frameBytes = frameHeaderBytes + pageSize;
  if (pageSize < 512 || pageSize > 65_536) return { ...nothing, lostCommits: log.length > headerBytes ? 2 : 0 };
  sum.add(log, 0, 24);
  const whole = word >>> 1 === magic >>> 1 && sum.matches(log, 24);
  const held = whole
    ? heldFrames(log, frameBytes, salts, sum)
    : { frames: 0, checked: 0, pages: new Map(), pageCount: 0 };
  return {
    salts,
    frames: held.frames,
    pages: held.pages,
    pageCount: held.pageCount,
    lostCommits: commitsFrom(log, frameBytes, whole ? salts : undefined, held.checked),
  };
}

interface Held {
  readonly frames: number;
  /** Frames that hold together, committed or not. */
  readonly checked: number;
  readonly pages: Map<number, number>;
  readonly pageCount: number;
}

function heldFrames(log: Buffer, frameBytes: number, salts: readonly [number, number], sum: WalSum): Held {
  const pages = new Map<number, number>();
  const uncommitted = new Map<number, number>();
  let frames = 0;
  let pageCount = 0;
  let n = 0;
  for (; headerBytes + (n + 1) * frameBytes <= log.length; n++) {
    const at = headerBytes + n * frameBytes;
    if (log.readUInt32BE(at + 8) !== salts[0] || log.readUInt32BE(at + 12) !== salts[1]) break;
    sum.add(log, at, 8);
    sum.add(log, at + frameHeaderBytes, frameBytes - frameHeaderBytes);
    if (!sum.matches(log, at + 16)) break;
    uncommitted.set(log.readUInt32BE(at), at + frameHeaderBytes);
    const committedPages = log.readUInt32BE(at + 4);
    if (committedPages === 0) continue;
    for (const [page, offset] of uncommitted) pages.set(page, offset);
    uncommitted.clear();
    frames = n + 1;
    pageCount = committedPages;
  }
  return { frames, checked: n, pages, pageCount };
}

/** Without salts (the header is damaged) every frame counts as one of the run. */
function commitsFrom(
  log: Buffer,
  frameBytes: number,
  salts: readonly [number, number] | undefined,
  from: number,
): number {
  let commits = 0;
  for (let at = headerBytes + from * frameBytes; at + frameBytes <= log.length; at += frameBytes) {
    // The first one may be damaged in its salts.
    const ofRun =
      salts === undefined || at === headerBytes + from * frameBytes || log.readUInt32BE(at + 8) === salts[0];
    if (ofRun && log.readUInt32BE(at + 4) !== 0) commits++;
  }
  return commits;
}

/** The running checksum of a log, over pairs of 32-bit words. */
class WalSum {
  readonly #littleEndian: boolean;
  #first = 0;
  #second = 0;

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian;
  }

  add(bytes: Buffer, from: number, length: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset + from, length);
    let first = this.#first;
    let second = this.#second;
    for (let i = 0; i + 8 <= length; i += 8) {
      first = (first + view.getUint32(i, this.#littleEndian) + second) >>> 0;
      second = (second + view.getUint32(i + 4, this.#littleEndian) + first) >>> 0;
    }
    this.#first = first;
    this.#second = second;
  }

  matches(bytes: Buffer, at: number): boolean {
    return bytes.readUInt32BE(at) === this.#first && bytes.readUInt32BE(at + 4) === this.#second;
  }
}
