import {
  count,
  duration,
  figure,
  milliseconds,
  percent,
  price,
  share,
  shortTime,
  signedPercent,
  amount,
  bytes,
} from './format.js';
import type { DailyReport, EpisodePart, PeakPart, SymbolPart } from '../daily/daily-report.js';
import type { Figure } from '../daily/figure.js';
import type { ReportTexts } from './texts/texts.js';

/** A table as text, for both Markdown and HTML. */
export interface Table {
  readonly columns: readonly string[];
  /** Which columns hold numbers. */
  readonly numeric: readonly boolean[];
  readonly rows: readonly (readonly string[])[];
}

type Column<T> = readonly [title: string, cell: (row: T) => string, kind?: 'number'];

function tableOf<T>(rows: readonly T[], columns: readonly Column<T>[]): Table {
  return {
    columns: columns.map(([title]) => title),
    numeric: columns.map(([, , kind]) => kind === 'number'),
    rows: rows.map((row) => columns.map(([, cell]) => cell(row))),
  };
}

const mostGaps = 50;

/** Every table of a daily report, in one language. */
export function tablesOf(report: DailyReport, texts: ReportTexts) {
  const ms = (value: number): string => duration(value, texts);
  const withDay = report.toMs - report.fromMs > 86_400_000;
  const at = (value: number): string => shortTime(value, withDay || value < report.fromMs);
  const show = (of: Figure, format: (value: number) => string): string => figure(of, texts, format);
  return {
    byName: byName(report, texts, ms),
    bySeverity: bySeverity(report, texts, ms),
    times: times(report, texts, ms),
    episodes: episodes(report, texts, ms, at),
    notifications: notifications(report, texts),
    components: components(report, texts, ms, show),
    exchanges: exchanges(report, texts, show),
    symbols: symbols(report, texts, show),
    peaks: peaks(report, texts, show, at),
    gaps: gaps(report, texts, ms),
  };
}

type Show = (of: Figure, format: (value: number) => string) => string;
type Format = (value: number) => string;

function byName({ alerts }: DailyReport, { alerts: { columns } }: ReportTexts, ms: Format): Table {
  return tableOf(alerts.byName, [
    [columns.alert, ({ key }) => key],
    [columns.episodes, (row) => count(row.episodes), 'number'],
    [columns.firing, (row) => ms(row.firingMs), 'number'],
  ]);
}

function bySeverity({ alerts }: DailyReport, texts: ReportTexts, ms: Format): Table {
  const { columns } = texts.alerts;
  return tableOf(alerts.bySeverity, [
    [columns.severity, ({ key }) => (key === '' ? texts.noSeverity : key)],
    [columns.episodes, (row) => count(row.episodes), 'number'],
    [columns.firing, (row) => ms(row.firingMs), 'number'],
  ]);
}

function times({ alerts }: DailyReport, texts: ReportTexts, ms: Format): Table {
  const { toAcknowledge, toResolve, mean, median, count: counted } = texts.alerts;
  const rows = [
    { what: toAcknowledge, times: alerts.timeToAcknowledge },
    { what: toResolve, times: alerts.timeToResolve },
  ];
  return tableOf(rows, [
    ['', ({ what }) => what],
    [mean, (row) => figure(row.times.meanMs, texts, ms), 'number'],
    [median, (row) => figure(row.times.medianMs, texts, ms), 'number'],
    [counted, (row) => count(row.times.n), 'number'],
  ]);
}

function episodes({ alerts }: DailyReport, texts: ReportTexts, ms: Format, at: Format): Table {
  const { columns, still, byHand } = texts.alerts;
  const ended = ({ endedAtMs, resolvedBy }: EpisodePart): string =>
    endedAtMs === null ? still : [at(endedAtMs), ...(resolvedBy === null ? [] : [byHand(resolvedBy)])].join(' ');
  const about = ({ summary, labels }: EpisodePart): string =>
    summary === ''
      ? Object.entries(labels)
          .map(([name, value]) => `${name}=${value}`)
          .join(' ')
      : summary;
  return tableOf(alerts.list, [
    [columns.alert, ({ name }) => name],
    [columns.severity, ({ severity }) => (severity === '' ? texts.noSeverity : severity)],
    [columns.fired, ({ firedAtMs }) => at(firedAtMs)],
    [columns.ended, ended],
    [columns.firing, ({ firingMs }) => ms(firingMs), 'number'],
    [columns.acknowledgedBy, ({ acknowledgedBy }) => acknowledgedBy ?? ''],
    [columns.about, about],
  ]);
}

function notifications(report: DailyReport, { alerts: { columns } }: ReportTexts): Table {
  return tableOf(report.notifications, [
    [columns.channel, ({ channel }) => channel],
    [columns.sent, ({ sent }) => count(sent), 'number'],
    [columns.retrying, ({ retrying }) => count(retrying), 'number'],
    [columns.dead, ({ dead }) => count(dead), 'number'],
    [columns.notSent, ({ notSent }) => count(notSent), 'number'],
  ]);
}

function components(report: DailyReport, { uptime: { columns } }: ReportTexts, ms: Format, show: Show): Table {
  return tableOf(report.components, [
    [columns.component, ({ component }) => component],
    [columns.uptime, ({ uptime }) => show(uptime, share), 'number'],
    [columns.known, ({ knownRatio }) => share(knownRatio), 'number'],
    [columns.outages, ({ knownRatio, outages }) => (knownRatio === 0 ? '–' : count(outages)), 'number'],
    [columns.down, ({ downMs, knownRatio }) => (knownRatio === 0 ? '–' : ms(downMs)), 'number'],
  ]);
}

function exchanges(report: DailyReport, { exchanges: { columns } }: ReportTexts, show: Show): Table {
  return tableOf(report.exchanges, [
    [columns.exchange, ({ exchange }) => exchange],
    [columns.uptime, ({ uptime }) => show(uptime, share), 'number'],
    [columns.requests, ({ requests }) => show(requests, count), 'number'],
    ...(['p50', 'p95', 'p99'] as const).map((name): Column<DailyReport['exchanges'][number]> => [
      `${columns[name]} (ms)`,
      ({ latency }) => `${latency.beyond.includes(name) ? '> ' : ''}${show(latency[`${name}Ms`], milliseconds)}`,
      'number',
    ]),
    [columns.errors, errorsText(show), 'number'],
    [columns.stalls, ({ stalls }) => show(stalls, count), 'number'],
    [columns.disconnects, ({ disconnects }) => show(disconnects, count), 'number'],
  ]);
}

function errorsText(show: Show) {
  return ({ errors, errorsByType }: DailyReport['exchanges'][number]): string => {
    const types = errorsByType.map(({ type, count: n }) => `${type} ${count(n)}`).join(', ');
    return `${show(errors, count)}${types === '' ? '' : ` (${types})`}`;
  };
}

function symbols(report: DailyReport, { symbols: { columns } }: ReportTexts, show: Show): Table {
  const several = new Set(report.symbols.map(({ exchange }) => exchange)).size > 1;
  return tableOf(report.symbols, [
    [columns.symbol, (market) => marketName(market, several)],
    [columns.open, ({ open, openFrom }) => `${show(open, price)}${openFrom === 'first_minute' ? '*' : ''}`, 'number'],
    [columns.high, ({ high }) => show(high, price), 'number'],
    [columns.low, ({ low }) => show(low, price), 'number'],
    [columns.close, ({ close }) => show(close, price), 'number'],
    [columns.change, ({ change }) => show(change, signedPercent), 'number'],
    [columns.volatility, ({ volatility }) => show(volatility, percent), 'number'],
    [columns.spreadMean, ({ spreadMean }) => show(spreadMean, percent), 'number'],
    [columns.spreadMax, ({ spreadMax }) => show(spreadMax, percent), 'number'],
    [columns.seen, ({ seenRatio }) => share(seenRatio), 'number'],
  ]);
}

export function marketName(
  { exchange, symbol }: Pick<SymbolPart, 'exchange' | 'symbol'>,
  withExchange: boolean,
): string {
  return withExchange ? `${symbol} (${exchange})` : symbol;
}

const peakFormats: Readonly<Record<PeakPart['kind'], Format | 'duration'>> = {
  cpu: percent,
  memory: percent,
  disk: percent,
  load: amount,
  event_loop_delay: 'duration',
  process_memory: bytes,
};

function peaks(report: DailyReport, texts: ReportTexts, show: Show, at: Format): Table {
  const { columns, kinds } = texts.host;
  const format = ({ kind }: PeakPart): Format => {
    const chosen = peakFormats[kind];
    return chosen === 'duration' ? (seconds) => texts.units.milliseconds(milliseconds(seconds * 1000)) : chosen;
  };
  return tableOf(report.host.peaks, [
    [columns.what, ({ kind, of }) => `${kinds[kind]}${of === null ? '' : `, ${of}`}`],
    [columns.peak, (row) => show(row.peak, format(row)), 'number'],
    [columns.when, ({ atMs }) => (atMs === null ? '' : at(atMs)), 'number'],
    [columns.mean, (row) => show(row.mean, format(row)), 'number'],
  ]);
}

function gaps(report: DailyReport, { data: { columns, kinds } }: ReportTexts, ms: Format): Table {
  return tableOf(report.gaps.slice(0, mostGaps), [
    [columns.what, ({ kind }) => kinds[kind]],
    [columns.name, ({ name }) => name],
    [columns.seen, ({ seenRatio }) => share(seenRatio), 'number'],
    [
      columns.longest,
      ({ longestGapMs }) => (longestGapMs === null || longestGapMs === 0 ? '' : ms(longestGapMs)),
      'number',
    ],
  ]);
}

/** How many gaps the table leaves out. */
export function gapsLeftOut(report: DailyReport): number {
  return Math.max(0, report.gaps.length - mostGaps);
}
