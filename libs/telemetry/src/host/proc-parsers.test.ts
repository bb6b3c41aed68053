import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseDiskstats,
  parseExtraCpuTimes,
  parseMeminfo,
  parseMounts,
  parseNetDev,
  parseOpenFilesLimit,
  parseProcessStat,
  parseVmstat,
} from './proc-parsers.js';

describe('parseExtraCpuTimes', () => {
  it('reads what os.cpus() leaves out from the line of all processors', () => {
    const text = 'cpu  100 5 50 9000 30 7 20 10 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\nintr 5\n';
    expect(parseExtraCpuTimes(text)).toEqual({ iowait: 0.3, softirq: 0.2, steal: 0.1 });
  });

  it('is undefined for anything else', () => {
    expect(parseExtraCpuTimes('')).toBeUndefined();
    expect(parseExtraCpuTimes('cpu  1 2\n')).toBeUndefined();
  });
});

describe('parseMeminfo', () => {
  it('gives bytes', () => {
    const memory = parseMeminfo('MemTotal:       1000 kB\nMemAvailable:    400 kB\nHugePages_Total:  3\n');
    expect(Object.fromEntries(memory)).toEqual({ MemTotal: 1_024_000, MemAvailable: 409_600 });
  });
});

describe('parseVmstat', () => {
  it('picks the wanted counters by their whole name', () => {
    const counters = parseVmstat('pgfault 10\npgmajfault 2\npgfault_extra 9\n', ['pgfault', 'pgmajfault', 'pswpin']);
    expect(Object.fromEntries(counters)).toEqual({ pgfault: 10, pgmajfault: 2 });
  });
});

describe('parseDiskstats', () => {
  it('reads whole disks and leaves out partitions, loops and mapped devices', () => {
    const line = (name: string): string => `   8       0 ${name} 10 1 200 30 40 2 600 70 0 1500 100 0 0 0 0 0 0`;
    const names = [
      'sda',
      'sda1',
      'nvme0n1',
      'nvme0n1p2',
      'loop0',
      'dm-0',
      'md0',
      'vda',
      'ram0',
      'mmcblk0',
      'mmcblk0p1',
    ];
    const disks = parseDiskstats(names.map(line).join('\n'));
    expect(disks.map(({ device }) => device)).toEqual(['sda', 'nvme0n1', 'vda', 'mmcblk0']);
    expect(disks[0]).toEqual({
      device: 'sda',
      readOperations: 10,
      writeOperations: 40,
      readBytes: 102_400,
      writtenBytes: 307_200,
      ioSeconds: 1.5,
    });
  });
});

describe('parseNetDev', () => {
  it('reads interfaces, aliases and unspaced numbers included, without loopback and container cables', () => {
    const interfaces = parseNetDev(
      [
        'Inter-|   Receive                                                |  Transmit',
        ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
        '    lo:    1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0',
        '  eth0:12345 12 3 4 0 0 0 0 54321 21 5 6 0 0 0 0',
        'eth0:1:    7 1 0 0 0 0 0 0 8 1 0 0 0 0 0 0',
        'veth12: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0',
        '',
      ].join('\n'),
    );
    expect(interfaces).toEqual([
      {
        name: 'eth0',
        receive: { bytes: 12345, packets: 12, errors: 3, dropped: 4 },
        transmit: { bytes: 54321, packets: 21, errors: 5, dropped: 6 },
      },
      expect.objectContaining({ name: 'eth0:1' }),
    ]);
  });
});

describe('parseProcessStat', () => {
  it('is not misled by the name of the command', () => {
    const rest = 'S 1 2 3 0 -1 4194304 100 0 0 0 0 0 0 0 20 0 11 0 133249 3133440 393 1';
    expect(parseProcessStat(`42 (a) 9 (b) ${rest}`)).toEqual({ threads: 11, virtualBytes: 3_133_440 });
    expect(parseProcessStat('')).toBeUndefined();
  });
});

describe('parseOpenFilesLimit', () => {
  it('reads the soft limit; an unlimited one is none', () => {
    const text = (limit: string): string =>
      `Limit                     Soft Limit           Hard Limit           Units     \nMax processes             100                  200                  processes \nMax open files            ${limit}                 524288               files     \n`;
    expect(parseOpenFilesLimit(text('1024'))).toBe(1024);
    expect(parseOpenFilesLimit(text('unlimited'))).toBeUndefined();
    expect(parseOpenFilesLimit('')).toBeUndefined();
  });
});

describe('parseMounts', () => {
  it('keeps devices, datasets and the root, and one mount of each device', () => {
    const text = [
      'overlay / overlay rw,relatime 0 0',
      'proc /proc proc rw 0 0',
      '/dev/sda1 /etc/hosts ext4 rw 0 0',
      '/dev/sda1 /srv ext4 ro,noatime 0 0',
      '/dev/loop3 /snap/core squashfs ro 0 0',
      'tank/data /tank zfs rw 0 0',
      'server:/export /mnt/nfs nfs4 rw 0 0',
      '/dev/sdb1 /my\\040disk xfs rw 0 0',
    ].join('\n');
    expect(parseMounts(text).map(({ mountpoint, type, mode }) => [mountpoint, type, mode])).toEqual([
      ['/', 'overlay', 'rw'],
      ['/srv', 'ext4', 'ro'],
      ['/tank', 'zfs', 'rw'],
      ['/my disk', 'xfs', 'rw'],
    ]);
  });
});

describe('every parser', () => {
  it('takes any text without throwing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('cpu', ' ', '\n', ':', '1', '/dev/sda', '\\040', ')', 'sda', '-') }),
        (text) => {
          parseExtraCpuTimes(text);
          parseMeminfo(text);
          parseVmstat(text, ['pgfault']);
          parseDiskstats(text);
          parseNetDev(text);
          parseOpenFilesLimit(text);
          parseProcessStat(text);
          parseMounts(text);
        },
      ),
    );
  });
});
