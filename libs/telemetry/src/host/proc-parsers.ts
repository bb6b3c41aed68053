/** Readers of procfs' formats (proc(5)). A line they cannot read is left out. */

/** Cumulative CPU seconds of all processors together that Node's `os.cpus()` leaves out. */
export interface ExtraCpuTimes {
  readonly iowait: number;
  readonly softirq: number;
  readonly steal: number;
}

/** Clock ticks per second in /proc/stat, the same on every architecture that Node runs on. */
const userHz = 100;
const sectorBytes = 512;

export function parseExtraCpuTimes(stat: string): ExtraCpuTimes | undefined {
  const fields = numbersAfter(stat, 'cpu');
  const [iowait, softirq] = [fields[4], fields[6]];
  if (iowait === undefined || softirq === undefined) return undefined;
  return { iowait: iowait / userHz, softirq: softirq / userHz, steal: (fields[7] ?? 0) / userHz };
}

/** /proc/meminfo: bytes by name. */
export function parseMeminfo(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const [, name, kib] of text.matchAll(/^(\w+):\s+(\d+) kB$/gm)) values.set(name as string, Number(kib) * 1024);
  return values;
}

/** /proc/vmstat: the wanted counters by name. */
export function parseVmstat(text: string, wanted: readonly string[]): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const name of wanted) {
    const [value] = numbersAfter(text, name);
    if (value !== undefined) values.set(name, value);
  }
  return values;
}

export interface DiskCounters {
  readonly device: string;
  readonly readOperations: number;
  readonly writeOperations: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly ioSeconds: number;
}

/** Whole disks. Partitions, loop, RAM, device-mapper and RAID devices would count the same bytes a second time. */
const wholeDisk = /^(?:sd[a-z]+|hd[a-z]+|vd[a-z]+|xvd[a-z]+|dasd[a-z]+|nvme\d+n\d+|mmcblk\d+|pmem\d+|nbd\d+)$/;

export function parseDiskstats(text: string): DiskCounters[] {
  const disks: DiskCounters[] = [];
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/);
    const device = fields[2];
    const numbers = fields.slice(3).map(Number);
    const [readOperations, , readSectors, , writeOperations, , writtenSectors, , , ioMs] = numbers;
    if (device === undefined || !wholeDisk.test(device) || ioMs === undefined || numbers.some(Number.isNaN)) continue;
    disks.push({
      device,
      readOperations: readOperations as number,
      writeOperations: writeOperations as number,
      readBytes: (readSectors as number) * sectorBytes,
      writtenBytes: (writtenSectors as number) * sectorBytes,
      ioSeconds: ioMs / 1000,
    });
  }
  return disks;
}

export interface DirectionCounters {
  readonly bytes: number;
  readonly packets: number;
  readonly errors: number;
  readonly dropped: number;
}

export interface InterfaceCounters {
  readonly name: string;
  readonly receive: DirectionCounters;
  readonly transmit: DirectionCounters;
}

/** The loopback, and the ends of containers' cables, whose traffic is seen on the bridge as well and which come and go. */
const leftOut = /^(?:lo|veth.*)$/;

/** /proc/net/dev. */
export function parseNetDev(text: string): InterfaceCounters[] {
  const interfaces: InterfaceCounters[] = [];
  for (const line of text.split('\n')) {
    const colon = line.lastIndexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim();
    const numbers = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    if (colon < 0 || name === '' || leftOut.test(name) || numbers.length < 16 || numbers.some(Number.isNaN)) continue;
    interfaces.push({ name, receive: direction(numbers), transmit: direction(numbers.slice(8)) });
  }
  return interfaces;
}

function direction(numbers: readonly number[]): DirectionCounters {
  const [bytes, packets, errors, dropped] = numbers as [number, number, number, number];
  return { bytes, packets, errors, dropped };
}

export interface ProcessFigures {
  readonly threads: number;
  readonly virtualBytes: number;
}

/** /proc/PID/stat; the command name before the last parenthesis may hold anything. */
export function parseProcessStat(text: string): ProcessFigures | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [threads, virtualBytes] = [Number(fields[17]), Number(fields[20])];
  return Number.isNaN(threads) || Number.isNaN(virtualBytes) ? undefined : { threads, virtualBytes };
}

/** /proc/PID/limits: how many files may be open at once (the soft limit). */
export function parseOpenFilesLimit(text: string): number | undefined {
  const limit = /^Max open files\s+(\d+)\s/m.exec(text)?.[1];
  return limit === undefined ? undefined : Number(limit);
}

export interface Mount {
  readonly device: string;
  readonly mountpoint: string;
  readonly type: string;
  readonly mode: 'ro' | 'rw';
}

const readOnlyImages: ReadonlySet<string> = new Set(['squashfs', 'iso9660', 'udf', 'erofs', 'cramfs']);

/**
 * The mounts with disk space of their own: of devices, ZFS datasets, and the root whatever it is. Of several mounts of one
 * device the one with the shortest path. Network filesystems are left out: their server watches them, and they may hang.
 */
export function parseMounts(text: string): Mount[] {
  const byDevice = new Map<string, Mount>();
  for (const line of text.split('\n')) {
    const [device, mountpoint, type, options] = line.split(' ').map(unescapeOctal);
    if (device === undefined || mountpoint === undefined || type === undefined || options === undefined) continue;
    const real = (device.startsWith('/dev/') || type === 'zfs') && !readOnlyImages.has(type);
    if (!real && mountpoint !== '/') continue;
    const mount: Mount = { device, mountpoint, type, mode: options.split(',').includes('ro') ? 'ro' : 'rw' };
    const other = byDevice.get(device);
    // A later mount on the same path lies over the earlier one.
    if (other === undefined || mountpoint.length < other.mountpoint.length || mountpoint === other.mountpoint) {
      byDevice.set(device, mount);
    }
  }
  return [...byDevice.values()];
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** The numbers of the first line that starts with the word. */
function numbersAfter(text: string, word: string): number[] {
  const match = new RegExp(`^${word}\\s+(\\d[\\d ]*)$`, 'm').exec(text);
  return match === null ? [] : (match[1] as string).trim().split(/\s+/).map(Number);
}
