import type { Meter } from '@opentelemetry/api';
import type { HostPart } from './host-part.js';
import { InstrumentGroup } from './instrument-group.js';
import { ProcFile } from './proc-file.js';
import { parseMeminfo, parseVmstat } from './proc-parsers.js';

/** Available memory and paging, from procfs. A machine without swap has no paging usage. */
export function paging(meter: Meter, procRoot: string): HostPart {
  const meminfo = new ProcFile(`${procRoot}/meminfo`);
  const vmstat = new ProcFile(`${procRoot}/vmstat`);
  const group = new InstrumentGroup(meter);
  const available = group.upDownCounter(
    'system.memory.linux.available',
    'By',
    'Memory that new work could have without swapping.',
  );
  const usage = group.upDownCounter('system.paging.usage', 'By', 'Swap space by state.');
  const utilization = group.gauge('system.paging.utilization', '1', 'Fraction of the swap space by state.');
  const operations = group.counter('system.paging.operations', '{operation}', 'Pages swapped in and out.');
  const faults = group.counter('system.paging.faults', '{fault}', 'Page faults; major ones waited for a disk.');
  group.observe(async (result) => {
    const [meminfoText, vmstatText] = await Promise.all([meminfo.read(), vmstat.read()]);
    const memory = parseMeminfo(meminfoText ?? '');
    const memoryAvailable = memory.get('MemAvailable');
    if (memoryAvailable !== undefined) result.observe(available, memoryAvailable);
    const [total, free] = [memory.get('SwapTotal'), memory.get('SwapFree')];
    if (total !== undefined && free !== undefined && total > 0) {
      for (const [attributes, bytes] of [
        [usedState, total - free],
        [freeState, free],
      ] as const) {
        result.observe(usage, bytes, attributes);
        result.observe(utilization, bytes / total, attributes);
      }
    }
    const counters = parseVmstat(vmstatText ?? '', ['pswpin', 'pswpout', 'pgfault', 'pgmajfault']);
    const [pagesIn, pagesOut] = [counters.get('pswpin'), counters.get('pswpout')];
    if (pagesIn !== undefined) result.observe(operations, pagesIn, inward);
    if (pagesOut !== undefined) result.observe(operations, pagesOut, outward);
    const [all, major] = [counters.get('pgfault'), counters.get('pgmajfault')];
    if (all === undefined || major === undefined) return;
    result.observe(faults, major, majorFault);
    result.observe(faults, all - major, minorFault);
  });
  return {
    async stop() {
      group.stop();
      await Promise.all([meminfo.close(), vmstat.close()]);
    },
  };
}

const usedState = { 'system.paging.state': 'used' };
const freeState = { 'system.paging.state': 'free' };
const inward = { 'system.paging.direction': 'in' };
const outward = { 'system.paging.direction': 'out' };
const majorFault = { 'system.paging.fault.type': 'major' };
const minorFault = { 'system.paging.fault.type': 'minor' };
