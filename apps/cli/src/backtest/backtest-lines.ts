import { formatDuration, Labels } from '@tapewatch/model';
import type { Messages } from '../messages/messages.js';
import { printable } from '../printable.js';
import type { Style } from '../style.js';
import { tableLines } from '../table.js';
import type { BacktestView, FiringView, NotificationView, OutcomeView, Texts } from './backtest-view.js';

const mostHoles = 10;
const mostRows = 200;

/** A backtest for people. */
export function backtestLines(
  view: BacktestView,
  hasFile: boolean,
  messages: Messages,
  style: Style,
): readonly string[] {
  const text = messages.backtest;
  const { outcome, comparison } = view;
  return [
    style.bold(printable(text.title(view.rule, time(view.from), time(view.to)))),
    ...rulesOf(outcome, style),
    ...dataLines(view, messages, style),
    '',
    ...(outcome.firings.length === 0
      ? [text.never]
      : [style.bold(text.firings), ...firingLines(outcome.firings, view.to, messages, style)]),
    ...more(outcome.totals.firings - Math.min(outcome.firings.length, mostRows), messages),
    ...notificationLines(outcome, messages, style),
    '',
    totalsLine(outcome, messages),
    ...(comparison === null ? [] : comparisonLines(comparison, view.to, messages, style)),
    ...(hasFile && comparison === null ? ['', text.noCurrent(printable(view.rule))] : []),
    '',
    style.dim(ran(view, messages)),
  ];
}

function rulesOf({ rules }: OutcomeView, style: Style): readonly string[] {
  return rules.map(({ group, query, forMs, keepFiringForMs }) => {
    const timing = [
      ...(forMs > 0 ? [`for ${duration(forMs)}`] : []),
      ...(keepFiringForMs > 0 ? [`keep_firing_for ${duration(keepFiringForMs)}`] : []),
    ];
    return style.dim(printable([`${group}: ${query.replace(/\s+/g, ' ')}`, ...timing].join(', ')));
  });
}

function dataLines({ data, outcome }: BacktestView, messages: Messages, style: Style): readonly string[] {
  const text = messages.backtest;
  const total = data.holes.reduce((sum, { from, to }) => sum + between(from, to), 0);
  const shown = data.holes.slice(0, mostHoles);
  const gone = data.holes.length - shown.length;
  return [
    text.complete(percent(data.completeness)),
    ...(data.holes.length === 0 ? [] : [style.alarm(text.holes(data.holes.length, duration(total)))]),
    ...shown.map(({ from, to }) => `  ${time(from)} - ${time(to)}  ${duration(between(from, to))}`),
    ...(gone > 0 ? [`  ${text.andMore(gone)}`] : []),
    ...(data.minutesUntil === null ? [] : [style.alarm(text.minutes(time(data.minutesUntil)))]),
    ...data.selectors.flatMap(({ selector, series, coverage }) => {
      if (series === 0) return [style.alarm(printable(text.noSeries(selector)))];
      return coverage < 1 ? [printable(text.partly(selector, percent(coverage)))] : [];
    }),
    ...(outcome.recorded.length === 0 ? [] : [printable(text.recorded(outcome.recorded.join(', ')))]),
    ...outcome.faults.map(({ rule, reason, count }) => style.alarm(printable(text.fault(rule, reason, count)))),
  ];
}

function firingLines(
  firings: readonly FiringView[],
  endsAt: string,
  { backtest: text }: Messages,
  style: Style,
): readonly string[] {
  const { fired, until, lasted, max, notes, alert } = text.columns;
  return tableLines(
    [fired, until, lasted, max, notes, alert],
    firings
      .slice(0, mostRows)
      .map((firing) => [
        time(firing.firedAt),
        firing.endsAt === null ? text.stillFiring : time(firing.endsAt),
        duration(between(firing.firedAt, firing.endsAt ?? endsAt)),
        firing.maxValue === null ? '-' : String(Number(firing.maxValue.toPrecision(6))),
        [...(firing.fromStart ? [text.fromStart] : []), ...(firing.flap ? [text.flap] : [])].join(', '),
        labelsText(firing.labels),
      ]),
    style,
  );
}

function notificationLines(
  { notifications, totals }: OutcomeView,
  messages: Messages,
  style: Style,
): readonly string[] {
  if (notifications.length === 0) return [];
  const { backtest: text } = messages;
  const { at, channel, state, alerts, outcome } = text.columns;
  const shown = notifications.slice(0, mostRows);
  return [
    '',
    style.bold(text.notifications),
    ...tableLines(
      [at, channel, state, outcome, alerts],
      shown.map((one) => [time(one.at), one.channel === '' ? one.receiver : one.channel, ...states(one, messages)]),
      style,
    ),
    ...more(totals.sent + totals.notSent - shown.length, messages),
  ];
}

function states(one: NotificationView, { backtest: text }: Messages): readonly string[] {
  const reason = one.reason === null ? '' : (text.reasons[one.reason] ?? one.reason);
  return [
    one.status === 'FIRING' ? text.firing : text.resolved,
    one.sent ? text.sent : text.notSent(reason),
    one.alerts
      .map(({ labels, status }) => {
        const mark = status === one.status ? '' : ` (${status === 'FIRING' ? text.firing : text.resolved})`;
        return `${labelsText(labels)}${mark}`;
      })
      .join(' '),
  ];
}

function totalsLine({ totals }: OutcomeView, { backtest: text }: Messages): string {
  const { firings, firingMs, longestMs, flaps, pendingOnly, sent, notSent } = totals;
  return text.totals({
    ...{ firings, flaps, pendingOnly, sent, notSent },
    lasted: duration(firingMs),
    longest: duration(longestMs),
  });
}

function comparisonLines(
  comparison: NonNullable<BacktestView['comparison']>,
  endsAt: string,
  messages: Messages,
  style: Style,
): readonly string[] {
  const text = messages.backtest;
  const { both, onlyNewTotal, onlyCurrentTotal, onlyNew, onlyCurrent, firingMs, notifications } = comparison;
  const part = (title: string, firings: readonly FiringView[], total: number): readonly string[] =>
    firings.length === 0
      ? []
      : [
          '',
          style.bold(title),
          ...firingLines(firings, endsAt, messages, style),
          ...more(total - Math.min(firings.length, mostRows), messages),
        ];
  return [
    '',
    style.bold(text.compared({ both, onlyNew: onlyNewTotal, onlyCurrent: onlyCurrentTotal })),
    text.changes(
      `${firingMs < 0 ? '-' : '+'}${duration(Math.abs(firingMs))}`,
      `${notifications < 0 ? '' : '+'}${notifications}`,
    ),
    ...part(text.onlyNew, onlyNew, onlyNewTotal),
    ...part(text.onlyCurrent, onlyCurrent, onlyCurrentTotal),
  ];
}

function ran({ from, to, tookMs, outcome }: BacktestView, { backtest: text }: Messages): string {
  const times = Math.round(between(from, to) / Math.max(1, tookMs));
  return text.ran(outcome.totals.evaluations, (tookMs / 1000).toFixed(1), times.toLocaleString('en-US'));
}

function more(count: number, { backtest: text }: Messages): readonly string[] {
  return count > 0 ? [`  ${text.andMore(count)}`] : [];
}

/** `alertname` in front, as people say it. */
function labelsText(labels: Texts): string {
  const { alertname = '', ...others } = labels;
  return Labels.of({ ...others, __name__: alertname }).toString();
}

function time(iso: string): string {
  return iso.replace(/\.000Z$/, 'Z');
}

function between(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}

function duration(ms: number): string {
  return formatDuration(Math.round(ms));
}

/** Never 100 for what is not whole. */
function percent(share: number): string {
  return share >= 1 ? '100' : String(Math.floor(share * 1000) / 10);
}
