import { minuteAt, onGrid, type MinuteGrid, type MinuteValues } from '../minutes/minute-grid.js';
import type { ReportMetrics } from '../minutes/minute-series.js';
import { perSlot, type Slots } from '../minutes/slots.js';
import type { HostPart, PeakKind, PeakPart } from './daily-report.js';
import { figureOf, unknown } from './figure.js';

/** The fullest ones are shown. */
const mostDisks = 5;

/** How hard the machine worked, at most and on average, and when. */
export async function hostPart(metrics: ReportMetrics, grid: MinuteGrid, slots: Slots): Promise<HostPart> {
  const read = async (selector: string): Promise<MinuteValues> =>
    onGrid(await metrics.minutes(selector, grid.startMs, grid.toMs), grid);
  // Idle is one series, whereas busy is the sum of several, whose peaks need not fall together.
  const cpu = complement(await read('system_cpu_utilization_ratio{cpu_mode="idle"}'));
  const memory = await read('system_memory_utilization_ratio{system_memory_state="used"}');
  const load = await read('system_cpu_load_average_1m');
  const delay = await read('nodejs_eventloop_delay_p99_seconds');
  const own = await read('process_memory_usage_bytes');
  return {
    peaks: [
      peakOf('cpu', null, cpu, grid),
      peakOf('memory', null, memory, grid),
      ...(await diskPeaks(metrics, grid)),
      peakOf('load', null, load, grid),
      peakOf('event_loop_delay', null, delay, grid),
      peakOf('process_memory', null, own, grid),
    ],
    chart: {
      cpuMean: perSlot(slots, grid, (first, end) => mean(cpu, first, end)),
      cpuMax: perSlot(slots, grid, (first, end) => peak(cpu, first, end)?.value ?? null),
      memory: perSlot(slots, grid, (first, end) => mean(memory, first, end)),
    },
  };
}

async function diskPeaks(metrics: ReportMetrics, grid: MinuteGrid): Promise<readonly PeakPart[]> {
  const series = await metrics.minutes('system_filesystem_utilization_ratio', grid.startMs, grid.toMs);
  const byMount = Map.groupBy(series, ({ labels }) => labels.get('system_filesystem_mountpoint'));
  const peaks = [...byMount].map(([mount, of]) => peakOf('disk', mount, onGrid(of, grid), grid));
  if (peaks.length === 0)
    return [{ kind: 'disk', of: null, peak: unknown('no_data'), atMs: null, mean: unknown('no_data') }];
  return peaks.sort((a, b) => (b.peak.value ?? 0) - (a.peak.value ?? 0)).slice(0, mostDisks);
}

function peakOf(kind: PeakKind, of: string | null, values: MinuteValues, grid: MinuteGrid): PeakPart {
  const found = peak(values, grid.lead, grid.length);
  return {
    kind,
    of,
    peak: figureOf(found?.value, 'no_data'),
    atMs: found === undefined ? null : minuteAt(grid, found.minute),
    mean: figureOf(mean(values, grid.lead, grid.length) ?? undefined, 'no_data'),
  };
}

function peak({ max }: MinuteValues, first: number, end: number): { value: number; minute: number } | undefined {
  let found: { value: number; minute: number } | undefined;
  for (let i = first; i < end; i++) {
    const value = max[i] as number;
    if (!Number.isNaN(value) && (found === undefined || value > found.value)) found = { value, minute: i };
  }
  return found;
}

function mean({ sum, count }: MinuteValues, first: number, end: number): number | null {
  let total = 0;
  let samples = 0;
  for (let i = first; i < end; i++) {
    if (count[i] === 0 || Number.isNaN(sum[i])) continue;
    total += sum[i] as number;
    samples += count[i] as number;
  }
  return samples === 0 ? null : total / samples;
}

/** 1 - x of a ratio. */
function complement({ min, max, sum, count, last }: MinuteValues): MinuteValues {
  return {
    min: max.map((value) => 1 - value),
    max: min.map((value) => 1 - value),
    sum: sum.map((value, i) => (count[i] as number) - value),
    count,
    last: last.map((value) => 1 - value),
  };
}
