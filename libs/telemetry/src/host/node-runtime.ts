import { constants, monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks';
import type { EventLoopUtilization, PerformanceEntry } from 'node:perf_hooks';
import { getHeapSpaceStatistics } from 'node:v8';
import type { Attributes, Meter } from '@opentelemetry/api';
import type { HostPart } from './host-part.js';
import { InstrumentGroup } from './instrument-group.js';

const nanoseconds = 1e-9;
/** Each sample is a timer that wakes the process: 0.1 % of a core at 50 ms, 0.4 % at Node's 10 ms. */
const resolutionMs = 50;

/** Event loop, garbage collection and heap of this process' main thread. Delays are of the time since the last tick. */
export function nodeRuntime(meter: Meter): HostPart {
  const parts = [eventLoopDelay(meter), eventLoopUtilization(meter), garbageCollection(meter), heap(meter)];
  return {
    stop() {
      for (const part of parts) void part.stop();
    },
  };
}

function eventLoopDelay(meter: Meter): HostPart {
  const monitor = monitorEventLoopDelay({ resolution: resolutionMs });
  monitor.enable();
  const group = new InstrumentGroup(meter);
  const gauge = (name: string, description: string): ReturnType<InstrumentGroup['gauge']> =>
    group.gauge(`nodejs.eventloop.delay.${name}`, 's', `Event loop delay since the last tick: ${description}.`);
  const figures = [
    { instrument: gauge('min', 'least'), read: () => monitor.min },
    { instrument: gauge('max', 'greatest'), read: () => monitor.max },
    { instrument: gauge('mean', 'mean'), read: () => monitor.mean },
    { instrument: gauge('p50', 'median'), read: () => monitor.percentile(50) },
    { instrument: gauge('p90', '90th percentile'), read: () => monitor.percentile(90) },
    { instrument: gauge('p99', '99th percentile'), read: () => monitor.percentile(99) },
  ];
  const deviation = gauge('stddev', 'standard deviation');
  group.observe((result) => {
    if (monitor.count > 0) {
      // The monitor measures from one of its timers to the next, so that an idle loop shows the resolution itself.
      for (const { instrument, read } of figures) {
        result.observe(instrument, Math.max(0, read() * nanoseconds - resolutionMs / 1000));
      }
      result.observe(deviation, monitor.stddev * nanoseconds);
    }
    monitor.reset();
  });
  return {
    stop() {
      group.stop();
      monitor.disable();
    },
  };
}

function eventLoopUtilization(meter: Meter): HostPart {
  const group = new InstrumentGroup(meter);
  const utilization = group.gauge(
    'nodejs.eventloop.utilization',
    '1',
    'Fraction of the time in which the event loop was active.',
  );
  const time = group.counter('nodejs.eventloop.time', 's', 'Time of the event loop by state.');
  let previous: EventLoopUtilization | undefined;
  group.observe((result) => {
    const now = performance.eventLoopUtilization();
    result.observe(time, now.active / 1000, { 'nodejs.eventloop.state': 'active' });
    result.observe(time, now.idle / 1000, { 'nodejs.eventloop.state': 'idle' });
    if (previous !== undefined)
      result.observe(utilization, performance.eventLoopUtilization(now, previous).utilization);
    previous = now;
  });
  return { stop: () => group.stop() };
}

const collectionTypes: ReadonlyMap<number, Attributes> = new Map([
  [constants.NODE_PERFORMANCE_GC_MAJOR, { 'v8js.gc.type': 'major' }],
  [constants.NODE_PERFORMANCE_GC_MINOR, { 'v8js.gc.type': 'minor' }],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, { 'v8js.gc.type': 'incremental' }],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, { 'v8js.gc.type': 'weakcb' }],
]);

function garbageCollection(meter: Meter): HostPart {
  const duration = meter.createHistogram('v8js.gc.duration', {
    unit: 's',
    description: 'Pauses for garbage collection.',
    // The bounds that the semantic conventions ask for.
    advice: { explicitBucketBoundaries: [0.01, 0.1, 1, 10] },
  });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const attributes = collectionTypes.get(kindOf(entry));
      if (attributes !== undefined) duration.record(entry.duration / 1000, attributes);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return { stop: () => observer.disconnect() };
}

function kindOf(entry: PerformanceEntry): number {
  const detail: unknown = 'detail' in entry ? entry.detail : undefined;
  return typeof detail === 'object' && detail !== null && 'kind' in detail ? Number(detail.kind) : NaN;
}

function heap(meter: Meter): HostPart {
  const group = new InstrumentGroup(meter);
  const size = group.upDownCounter('v8js.memory.heap.space.size', 'By', 'Heap memory by space.');
  const used = group.upDownCounter('v8js.memory.heap.used', 'By', 'Heap memory in use by space.');
  const available = group.upDownCounter(
    'v8js.memory.heap.space.available_size',
    'By',
    'Heap memory still free by space.',
  );
  const physical = group.upDownCounter(
    'v8js.memory.heap.space.physical_size',
    'By',
    'Physical memory of the heap by space.',
  );
  const attributes = new Map<string, Attributes>();
  group.observe((result) => {
    for (const space of getHeapSpaceStatistics()) {
      let of = attributes.get(space.space_name);
      // Half of V8's spaces are never used by most programs.
      if (of === undefined && space.space_size === 0) continue;
      if (of === undefined) attributes.set(space.space_name, (of = { 'v8js.heap.space.name': space.space_name }));
      result.observe(size, space.space_size, of);
      result.observe(used, space.space_used_size, of);
      result.observe(available, space.space_available_size, of);
      result.observe(physical, space.physical_space_size, of);
    }
  });
  return { stop: () => group.stop() };
}
