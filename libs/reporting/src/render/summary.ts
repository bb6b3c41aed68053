import type { DailyReport, ExchangePart } from '../daily/daily-report.js';
import { count, duration, endTime, figure, isWholeDay, share, shortTime, time } from './format.js';
import type { ReportTexts } from './texts/texts.js';

export interface KeyFigure {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

export function titleOf({ fromMs, toMs }: Pick<DailyReport, 'fromMs' | 'toMs'>, texts: ReportTexts): string {
  if (isWholeDay(fromMs, toMs)) return texts.title(time(fromMs).slice(0, 10));
  return texts.rangeTitle(time(fromMs).slice(0, 16), time(toMs).slice(0, 16));
}

/** What whoever has one minute wants to know. */
export function keyFigures(report: DailyReport, texts: ReportTexts): readonly KeyFigure[] {
  const { key } = texts;
  const { alerts } = report;
  const ms = (value: number): string => duration(value, texts);
  const times = ({ meanMs, n }: DailyReport['alerts']['timeToResolve'], name: string): KeyFigure =>
    meanMs.value === null
      ? { name, value: '–', note: texts.reasons[meanMs.reason] }
      : { name, value: ms(meanMs.value), note: key.meanOf(n) };
  return [
    nothingSeen(report)
      ? { name: key.alerts, value: '–', note: texts.reasons.not_observed }
      : {
          name: key.alerts,
          value: count(alerts.episodes),
          note: key.alertsNote(alerts.firingAtEnd, ms(alerts.firingMs)),
        },
    times(alerts.timeToAcknowledge, key.acknowledge),
    times(alerts.timeToResolve, key.resolve),
    uptimeFigure(report, texts),
    {
      name: key.completeness,
      value: share(report.completeness),
      note: key.completenessNote(report.gaps.length),
    },
  ];
}

/** Whether the program did not run at all: then that nothing fired says nothing. */
function nothingSeen({ alerts, completeness }: DailyReport): boolean {
  return completeness === 0 && alerts.episodes === 0;
}

/** What there is to say of alerts when none fired. */
export function noAlertsText(report: DailyReport, texts: ReportTexts): string {
  return nothingSeen(report) ? `${texts.alerts.none} (${texts.reasons.not_observed})` : texts.alerts.none;
}

function uptimeFigure({ exchanges }: DailyReport, texts: ReportTexts): KeyFigure {
  const { key } = texts;
  const worst = exchanges.reduce<ExchangePart | undefined>(
    (lowest, one) => (lowest === undefined || rank(one) < rank(lowest) ? one : lowest),
    undefined,
  );
  if (worst === undefined) return { name: key.uptime, value: '–', note: key.noExchange };
  if (worst.uptime.value === null)
    return { name: key.uptime, value: '–', note: `${worst.exchange}: ${texts.reasons[worst.uptime.reason]}` };
  return { name: key.uptime, value: figure(worst.uptime, texts, share), note: key.uptimeNote(worst.exchange) };
}

/** One of which nothing is known comes first. */
function rank({ uptime }: ExchangePart): number {
  return uptime.value ?? -1;
}

/** A line per key figure: what a channel tells that can show nothing else. */
export function summaryLines(report: DailyReport, texts: ReportTexts): readonly string[] {
  return keyFigures(report, texts).map(({ name, value, note }) => `${name}: ${value} (${note})`);
}

const mostSpans = 20;

/** What share of the data there is, and when nothing was measured. */
export function completenessText(report: DailyReport, texts: ReportTexts): string {
  const { completeness, unobserved, more } = texts.data;
  const withDay = report.toMs - report.fromMs > 86_400_000;
  const spans = report.unobserved
    .slice(0, mostSpans)
    .map(({ fromMs, toMs }) => `${shortTime(fromMs, withDay)}–${endTime(toMs, withDay)}`);
  const rest = report.unobserved.length - spans.length;
  const told = [...spans, ...(rest > 0 ? [more(rest)] : [])].join(', ');
  return `${completeness(share(report.completeness))}${told === '' ? '' : ` ${unobserved(told)}`}`;
}
