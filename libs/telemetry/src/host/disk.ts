import type { Attributes, Meter } from '@opentelemetry/api';
import type { HostPart } from './host-part.js';
import { InstrumentGroup } from './instrument-group.js';
import { ProcFile } from './proc-file.js';
import { parseDiskstats } from './proc-parsers.js';

/** Traffic of whole disks, from procfs. */
export function disk(meter: Meter, procRoot: string): HostPart {
  const diskstats = new ProcFile(`${procRoot}/diskstats`);
  const group = new InstrumentGroup(meter);
  const io = group.counter('system.disk.io', 'By', 'Bytes read from and written to disks.');
  const operations = group.counter('system.disk.operations', '{operation}', 'Finished reads and writes of disks.');
  const ioTime = group.counter('system.disk.io_time', 's', 'Time in which a disk had something to do.');
  const attributes = new Map<string, DeviceAttributes>();
  group.observe(async (result) => {
    for (const counters of parseDiskstats((await diskstats.read()) ?? '')) {
      let of = attributes.get(counters.device);
      if (of === undefined) attributes.set(counters.device, (of = attributesOf(counters.device)));
      result.observe(io, counters.readBytes, of.read);
      result.observe(io, counters.writtenBytes, of.write);
      result.observe(operations, counters.readOperations, of.read);
      result.observe(operations, counters.writeOperations, of.write);
      result.observe(ioTime, counters.ioSeconds, of.device);
    }
  });
  return {
    async stop() {
      group.stop();
      await diskstats.close();
    },
  };
}

interface DeviceAttributes {
  readonly device: Attributes;
  readonly read: Attributes;
  readonly write: Attributes;
}

function attributesOf(name: string): DeviceAttributes {
  const device = { 'system.device': name };
  return {
    device,
    read: { ...device, 'disk.io.direction': 'read' },
    write: { ...device, 'disk.io.direction': 'write' },
  };
}
