import type { Attributes, Meter } from '@opentelemetry/api';
import type { FilesystemFigures, FilesystemWatch } from './filesystem-watch.js';
import type { HostPart } from './host-part.js';
import { InstrumentGroup } from './instrument-group.js';

/** Space of each mounted filesystem. Utilization is `df`'s: used of what is used or free for everybody. */
export function filesystem(meter: Meter, watch: FilesystemWatch): HostPart {
  const group = new InstrumentGroup(meter);
  const usage = group.upDownCounter('system.filesystem.usage', 'By', 'Filesystem space by state.');
  const limit = group.upDownCounter('system.filesystem.limit', 'By', 'Filesystem space in all.');
  const utilization = group.gauge(
    'system.filesystem.utilization',
    '1',
    'Fraction of the filesystem space that is used.',
  );
  group.observe((result) => {
    for (const figures of watch.latest()) {
      const attributes = attributesOf(figures);
      const { usedBytes, freeBytes, reservedBytes } = figures;
      result.observe(limit, usedBytes + freeBytes + reservedBytes, attributes);
      for (const [state, bytes] of [
        ['used', usedBytes],
        ['free', freeBytes],
        ['reserved', reservedBytes],
      ] as const) {
        result.observe(usage, bytes, { ...attributes, 'system.filesystem.state': state });
      }
      if (usedBytes + freeBytes > 0) result.observe(utilization, usedBytes / (usedBytes + freeBytes), attributes);
    }
  });
  return { stop: () => group.stop() };
}

function attributesOf({ mount }: FilesystemFigures): Attributes {
  return {
    'system.device': mount.device,
    'system.filesystem.mountpoint': mount.mountpoint,
    'system.filesystem.mode': mount.mode,
    ...(mount.type === '' ? {} : { 'system.filesystem.type': mount.type }),
  };
}
