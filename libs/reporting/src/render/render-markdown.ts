import type { Language } from '@tapewatch/model';
import type { DailyReport } from '../daily/daily-report.js';
import type { ReportHead } from '../report.js';
import { duration, time } from './format.js';
import { completenessText, keyFigures, noAlertsText, titleOf } from './summary.js';
import { gapsLeftOut, tablesOf, type Table } from './tables.js';
import { textsOf } from './texts/texts-of.js';
import type { ReportTexts } from './texts/texts.js';

/** GitHub's Markdown. What was measured is escaped, so that it stays text. */
export function renderMarkdown(head: ReportHead, report: DailyReport, language: Language): string {
  const texts = textsOf(language);
  const tables = tablesOf(report, texts);
  const { fromMs, toMs } = report;
  const blocks = [
    `# ${escaped(titleOf(report, texts))}`,
    `${texts.range(time(fromMs), time(toMs), duration(toMs - fromMs, texts))}. ${texts.madeAt(time(head.createdAt))}.`,
    ...(report.cutOff ? [texts.cutOff] : []),
    keyFigures(report, texts)
      .map(({ name, value, note }) => `- **${escaped(name)}: ${escaped(value)}** (${escaped(note)})`)
      .join('\n'),
    ...alertBlocks(report, texts, tables),
    `## ${texts.uptime.heading}`,
    tableOr(tables.components, texts.uptime.none),
    `## ${texts.exchanges.heading}`,
    tableOr(tables.exchanges, texts.exchanges.none),
    ...(report.exchanges.some(({ latency }) => latency.beyond.length > 0) ? [escaped(texts.exchanges.beyond)] : []),
    `## ${texts.symbols.heading}`,
    tableOr(tables.symbols, texts.symbols.none),
    ...(report.symbols.some(({ openFrom }) => openFrom === 'first_minute') ? [escaped(texts.symbols.openNote)] : []),
    escaped(texts.symbols.formula),
    `## ${texts.host.heading}`,
    table(tables.peaks),
    `## ${texts.data.heading}`,
    escaped(completenessText(report, texts)),
    tableOr(tables.gaps, texts.data.noGaps),
    ...(gapsLeftOut(report) > 0 ? [texts.data.more(gapsLeftOut(report))] : []),
    texts.data.conventions,
  ];
  return `${blocks.join('\n\n')}\n`;
}

function alertBlocks(report: DailyReport, texts: ReportTexts, tables: ReturnType<typeof tablesOf>): readonly string[] {
  const { alerts, notifications } = report;
  const { heading, byName, bySeverity, times, people, episodes } = texts.alerts;
  const told = notifications.length === 0 ? [] : [`### ${texts.alerts.notifications}`, table(tables.notifications)];
  if (alerts.episodes === 0) return [`## ${heading}`, noAlertsText(report, texts), ...told];
  return [
    `## ${heading}`,
    `### ${byName}`,
    table(tables.byName),
    `### ${bySeverity}`,
    table(tables.bySeverity),
    `### ${times}`,
    table(tables.times),
    `### ${people}`,
    peopleLines(alerts, texts)
      .map((line) => `- ${escaped(line)}`)
      .join('\n'),
    `### ${episodes}`,
    table(tables.episodes),
    ...(alerts.leftOut > 0 ? [texts.alerts.leftOut(alerts.leftOut)] : []),
    ...told,
  ];
}

/** Who did what, a line each. */
export function peopleLines(alerts: DailyReport['alerts'], { alerts: texts }: ReportTexts): readonly string[] {
  const lines = [
    ...alerts.acknowledgedBy.map(({ by, count }) => texts.acknowledged(by, count)),
    ...alerts.resolvedBy.map(({ by, count }) => texts.resolved(by, count)),
  ];
  return lines.length === 0 ? [texts.nobody] : lines;
}

function tableOr(of: Table, none: string): string {
  return of.rows.length === 0 ? none : table(of);
}

function table({ columns, numeric, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  return [
    line(columns),
    `| ${numeric.map((isNumber) => (isNumber ? '---:' : '---')).join(' | ')} |`,
    ...rows.map(line),
  ].join('\n');
}

/** Text that means nothing to Markdown, HTML in it included. */
export function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\\`*_[\]|~]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}
