import { printable } from '../printable.js';
import { displayWidth } from '../display-width.js';
import type { Messages } from '../messages/messages.js';
import type { Style } from '../style.js';
import { tableLines } from '../table.js';
import type { Known, Point, QueryData, Series } from './ask-query.js';
import { cutToWidth } from '../cut-to-width.js';
import type { Moment } from './query-arguments.js';
import { sparkline } from './sparkline.js';

export interface ResultShape {
  readonly moment: Moment;
  readonly messages: Messages;
  readonly style: Style;
  /** Columns there are; undefined: as many as it takes. */
  readonly width: number | undefined;
}

const leastSeriesWidth = 16;
const sparkWidth = 24;
const gap = 2;

/** A result for people; empty when there is nothing in it. */
export function resultLines(data: QueryData, shape: ResultShape): readonly string[] {
  const { columns } = shape.messages.query;
  switch (data.resultType) {
    case 'string':
      return [printable(data.result[1])];
    case 'scalar':
      return table([columns.value, columns.time], [[data.result[1], timeText(data.result[0])]], {
        ...shape,
        width: undefined,
      });
    case 'vector':
      return table(
        [columns.series, columns.value, columns.time],
        data.result.map(({ metric, value: [at, value] = [0, ''] }) => [seriesText(metric), value, timeText(at)]),
        shape,
      );
    case 'matrix':
      return table(
        [columns.series, columns.points, columns.min, columns.max, columns.last, columns.course],
        data.result.map((series) => rangeRow(series, shape.moment)),
        shape,
      );
  }
}

function rangeRow({ metric, values = [] }: Series, moment: Moment): readonly string[] {
  const points = values.map(([at, value]) => [at * 1000, numberOf(value)] as const);
  const numbers = points.map(([, value]) => value).filter((value) => !Number.isNaN(value));
  const first = points[0]?.[0] ?? 0;
  const last = points.at(-1)?.[0] ?? 0;
  const { from, to, stepMs } = moment.kind === 'range' ? moment : { from: first, to: last, stepMs: 1_000 };
  // Never wider than there are steps: a blank place is one without a value.
  const width = Math.min(sparkWidth, Math.floor((to - from) / stepMs) + 1);
  const least = numbers.reduce((a, b) => Math.min(a, b), Infinity);
  const most = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  return [
    seriesText(metric),
    String(values.length),
    ...(numbers.length === 0 ? ['NaN', 'NaN'] : [shortNumber(least), shortNumber(most)]),
    shortNumber(points.at(-1)?.[1] ?? Number.NaN),
    sparkline(points, from, to, width),
  ];
}

/** The first column gives way when a line is too long. */
function table(titles: readonly string[], rows: readonly (readonly string[])[], shape: ResultShape): readonly string[] {
  if (rows.length === 0) return [];
  const others = titles
    .slice(1)
    .reduce(
      (sum, title, i) => sum + gap + Math.max(...[title, ...rows.map((row) => row[i + 1] ?? '')].map(displayWidth)),
      0,
    );
  const width = shape.width === undefined ? Infinity : Math.max(leastSeriesWidth, shape.width - others);
  return tableLines(
    titles,
    rows.map(([first = '', ...rest]) => [cutToWidth(first, width), ...rest]),
    shape.style,
  );
}

/** Both names of each metric that is shown: as PromQL has it, and as the instrument was made. */
export function nameLines(
  data: QueryData,
  known: Readonly<Record<string, readonly Known[]>>,
  style: Style,
): readonly string[] {
  if (data.resultType !== 'vector' && data.resultType !== 'matrix') return [];
  const names = new Set(data.result.flatMap(({ metric }) => metric['__name__'] ?? []));
  const lines = new Set<string>();
  for (const name of names) {
    const base = Object.hasOwn(known, name) ? name : name.replace(/_(bucket|sum|count)$/, '');
    const [metric] = Object.hasOwn(known, base) ? (known[base] ?? []) : [];
    if (metric?.otelName === undefined || metric.otelName === base) continue;
    const unit = metric.unit === '' ? '' : `, ${metric.unit}`;
    lines.add(style.dim(printable(`${base} = ${metric.otelName} (${metric.type}${unit})`)));
  }
  return [...lines];
}

/** As PromQL writes it. */
function seriesText({ __name__: name = '', ...labels }: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return printable(pairs.length === 0 && name !== '' ? name : `${name}{${pairs.join(', ')}}`);
}

function timeText(seconds: Point[0]): string {
  return new Date(Math.round(seconds * 1000)).toISOString();
}

function numberOf(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
}

function shortNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : value > 0 ? '+Inf' : '-Inf';
}
