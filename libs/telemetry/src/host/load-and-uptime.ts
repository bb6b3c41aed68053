import { loadavg, uptime } from 'node:os';
import type { Meter } from '@opentelemetry/api';
import type { HostPart } from './host-part.js';
import { InstrumentGroup } from './instrument-group.js';

/**
 * Load averages under the names of the OpenTelemetry Collector's host receiver, since the semantic conventions have none;
 * Windows has no such figure, and Node gives zeros there.
 */
export function loadAndUptime(meter: Meter, platform: NodeJS.Platform): HostPart {
  const group = new InstrumentGroup(meter);
  const averages = ['1m', '5m', '15m'].map((span) =>
    group.gauge(
      `system.cpu.load_average.${span}`,
      '{thread}',
      `Threads that ran or waited to run, averaged over ${span}.`,
    ),
  );
  const systemUptime = group.gauge('system.uptime', 's', 'Time since the machine was started.');
  const processUptime = group.gauge('process.uptime', 's', 'Time since this process was started.');
  group.observe((result) => {
    result.observe(systemUptime, uptime());
    result.observe(processUptime, process.uptime());
    if (platform === 'win32') return;
    for (const [index, value] of loadavg().entries()) {
      const average = averages[index];
      if (average !== undefined) result.observe(average, value);
    }
  });
  return { stop: () => group.stop() };
}
