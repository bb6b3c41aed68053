import { availableParallelism } from 'node:os';
import type { BatchObservableResult, Meter } from '@opentelemetry/api';
import type { Clock } from '@tapewatch/model';
import type { HostPart } from './host-part.js';
import { HostMetricsSource } from './host-metrics-source.js';
import type { CpuSeconds, HostFigures } from './host-metrics-source.js';
import { InstrumentGroup } from './instrument-group.js';
import { ProcFile } from './proc-file.js';
import { parseExtraCpuTimes } from './proc-parsers.js';

/**
 * CPU and memory of the machine and of this process, from `@opentelemetry/host-metrics`. CPU figures are of all processors
 * together (`cpu.logical_number` is opt-in); utilization is ours, from the counters of two ticks. On Linux, memory that is
 * free counts what the kernel would give back at once (MemAvailable), so used and free add up to the limit.
 */
export function cpuAndMemory(meter: Meter, clock: Clock, procRoot: string): HostPart {
  const source = new HostMetricsSource(['system.cpu', 'system.memory', 'process.cpu', 'process.memory']);
  const stat = new ProcFile(`${procRoot}/stat`);
  const group = new InstrumentGroup(meter);
  const observers = [systemCpu(group), processCpu(group, clock), memory(group)];
  group.observe(async (result) => {
    const [figures, statText] = await Promise.all([source.read(), stat.read()]);
    if (figures === undefined) return;
    const complete = { ...figures, cpuSeconds: withExtraModes(figures.cpuSeconds, statText) };
    for (const observe of observers) observe(result, complete);
  });
  return {
    async stop() {
      group.stop();
      await stat.close();
    },
  };
}

type Observe = (result: BatchObservableResult, figures: HostFigures) => void;

/** `os.cpus()` knows neither waiting for disks, nor soft interrupts, nor time taken by other guests of the machine. */
function withExtraModes(seconds: CpuSeconds, statText: string | undefined): CpuSeconds {
  const extra = statText === undefined ? undefined : parseExtraCpuTimes(statText);
  if (extra === undefined) return seconds;
  return {
    ...seconds,
    interrupt: (seconds['interrupt'] ?? 0) + extra.softirq,
    iowait: extra.iowait,
    steal: extra.steal,
  };
}

function systemCpu(group: InstrumentGroup): Observe {
  const count = group.upDownCounter('system.cpu.logical.count', '{cpu}', 'Logical processors of the machine.');
  const time = group.counter('system.cpu.time', 's', 'CPU time of all processors by mode.');
  const utilization = group.gauge(
    'system.cpu.utilization',
    '1',
    'Fraction of the CPU time since the last tick by mode.',
  );
  let previous: CpuSeconds | undefined;
  return (result, { logicalCpus, cpuSeconds }) => {
    result.observe(count, logicalCpus);
    for (const [mode, seconds] of Object.entries(cpuSeconds)) result.observe(time, seconds, modeAttributes(mode));
    const deltas = previous === undefined ? [] : deltasOf(previous, cpuSeconds);
    previous = cpuSeconds;
    const total = deltas.reduce((sum, [, delta]) => sum + delta, 0);
    if (total <= 0) return;
    for (const [mode, delta] of deltas) result.observe(utilization, delta / total, modeAttributes(mode));
  };
}

function processCpu(group: InstrumentGroup, clock: Clock): Observe {
  const time = group.counter('process.cpu.time', 's', 'CPU time of this process by mode.');
  const utilization = group.gauge(
    'process.cpu.utilization',
    '1',
    'CPU time of this process since the last tick, as a fraction of what its processors had.',
  );
  let previous: { readonly atMs: number; readonly seconds: CpuSeconds } | undefined;
  return (result, { processCpuSeconds }) => {
    const atMs = clock.monotonic();
    for (const [mode, seconds] of Object.entries(processCpuSeconds))
      result.observe(time, seconds, modeAttributes(mode));
    const last = previous;
    previous = { atMs, seconds: processCpuSeconds };
    if (last === undefined || atMs <= last.atMs) return;
    const availableSeconds = ((atMs - last.atMs) / 1000) * availableParallelism();
    for (const [mode, delta] of deltasOf(last.seconds, processCpuSeconds)) {
      result.observe(utilization, delta / availableSeconds, modeAttributes(mode));
    }
  };
}

function memory(group: InstrumentGroup): Observe {
  const usage = group.upDownCounter('system.memory.usage', 'By', 'Memory by state.');
  const limit = group.upDownCounter('system.memory.limit', 'By', 'Memory of the machine.');
  const utilization = group.gauge('system.memory.utilization', '1', 'Fraction of the memory by state.');
  const processUsage = group.upDownCounter('process.memory.usage', 'By', 'Physical memory of this process.');
  return (result, { memoryUsedBytes, memoryFreeBytes, processMemoryBytes }) => {
    const limitBytes = memoryUsedBytes + memoryFreeBytes;
    result.observe(limit, limitBytes);
    result.observe(processUsage, processMemoryBytes);
    for (const [attributes, bytes] of [
      [usedState, memoryUsedBytes],
      [freeState, memoryFreeBytes],
    ] as const) {
      result.observe(usage, bytes, attributes);
      if (limitBytes > 0) result.observe(utilization, bytes / limitBytes, attributes);
    }
  };
}

const usedState = { 'system.memory.state': 'used' };
const freeState = { 'system.memory.state': 'free' };
const modes = new Map<string, { readonly 'cpu.mode': string }>();

function modeAttributes(mode: string): { readonly 'cpu.mode': string } {
  let attributes = modes.get(mode);
  if (attributes === undefined) {
    attributes = { 'cpu.mode': mode };
    modes.set(mode, attributes);
  }
  return attributes;
}

/** Kernels let single modes run backwards by a hair (idle and iowait do); that counts as nothing. */
function deltasOf(previous: CpuSeconds, now: CpuSeconds): [string, number][] {
  return Object.entries(now).map(([mode, seconds]) => [mode, Math.max(0, seconds - (previous[mode] ?? seconds))]);
}
