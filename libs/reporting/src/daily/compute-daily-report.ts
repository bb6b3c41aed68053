import { minuteGrid } from '../minutes/minute-grid.js';
import type { ReportMetrics } from '../minutes/minute-series.js';
import { slotsOf } from '../minutes/slots.js';
import type { ReportAlerts, ReportHealth, ReportNotifications, Watched } from '../ports.js';
import { alertsPart } from './alerts-part.js';
import { componentsPart } from './components-part.js';
import type { ComponentPart, DailyReport, GapPart } from './daily-report.js';
import { exchangesPart } from './exchanges-part.js';
import { hostPart } from './host-part.js';
import { Observation } from './observation.js';
import { symbolsPart } from './symbols-part.js';

/** Where a report reads. */
export interface ReportSources {
  readonly metrics: ReportMetrics;
  readonly alerts: ReportAlerts;
  readonly health: ReportHealth;
  readonly notifications: ReportNotifications;
  readonly watched: Watched;
  /** Called between parts of the work: lets the tick in. */
  readonly breathe: () => Promise<void>;
}

export interface ReportRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly cutOff: boolean;
}

/** Everything that is to be said of [fromMs, toMs). Metrics are taken by whole minutes. */
export async function computeDailyReport(sources: ReportSources, range: ReportRange): Promise<DailyReport> {
  const { metrics, alerts, health, notifications, watched, breathe } = sources;
  const { fromMs, toMs, cutOff } = range;
  const grid = minuteGrid(fromMs, toMs);
  const slots = slotsOf(grid);
  const observation = await Observation.read(metrics, grid);
  const components = componentsPart(await health.changesBetween(fromMs, toMs), watched.components, observation);
  await breathe();
  const exchanges = await exchangesPart(metrics, watched, observation, slots);
  await breathe();
  const symbols = await symbolsPart(metrics, watched, observation, slots, breathe);
  const host = await hostPart(metrics, grid, slots);
  await breathe();
  return {
    version: 1,
    fromMs,
    toMs,
    cutOff,
    completeness: Math.min(1, Math.max(0, await metrics.completeness(fromMs, toMs))),
    unobserved: observation.unobserved(),
    slots,
    alerts: alertsPart(await alerts.firedBetween(fromMs, toMs), fromMs, toMs),
    notifications: [...(await notifications.outcomesBetween(fromMs, toMs))].sort((a, b) =>
      a.channel < b.channel ? -1 : 1,
    ),
    components,
    exchanges: exchanges.exchanges,
    symbols: symbols.symbols,
    host,
    gaps: missed([...exchanges.gaps, ...symbols.gaps, ...components.map(gapOf)], observation.observedRatio),
  };
}

function gapOf({ component, knownRatio }: ComponentPart): GapPart {
  return { kind: 'component', name: component, seenRatio: knownRatio, longestGapMs: null };
}

/** What was seen for less than the program measured, least first. Some seconds pass until everything is there. */
function missed(parts: readonly GapPart[], observedRatio: number): readonly GapPart[] {
  return parts
    .filter(({ seenRatio }) => seenRatio === 0 || seenRatio < observedRatio - 0.001)
    .sort((a, b) => a.seenRatio - b.seenRatio);
}
