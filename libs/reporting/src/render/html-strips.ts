import { severityOf, Labels, type Markup } from '@tapewatch/model';
import type { ComponentPart, DailyReport, EpisodePart } from '../daily/daily-report.js';
import { strips, type Strip, type StripPart } from './charts/strips.js';
import { duration, figure, share, time } from './format.js';
import { legendKey } from './html-parts.js';
import type { ReportTexts } from './texts/texts.js';

/** Names with the most episodes have a row each. */
const mostRows = 15;

export function alertStrips(report: DailyReport, texts: ReportTexts): Markup {
  const { fromMs, toMs, alerts } = report;
  const rows = alerts.byName.slice(0, mostRows).map(({ key, episodes, firingMs }): Strip => {
    const own = alerts.list.filter(({ name }) => name === key);
    return {
      name: key,
      figure: `${episodes} · ${duration(firingMs, texts)}`,
      parts: own.map((episode) => ({
        fromMs: Math.max(fromMs, episode.firedAtMs),
        toMs: Math.min(toMs, episode.endedAtMs ?? toMs),
        kind: severityKind(episode),
        about: `${time(episode.firedAtMs)} · ${duration(episode.firingMs, texts)} · ${episode.summary}`,
      })),
    };
  });
  const kinds = new Map(alerts.list.map((episode) => [severityKind(episode), episode.severity]));
  const legend = [...kinds].map(([kind, name]) => legendKey(kind, name === '' ? texts.noSeverity : name));
  return strips(texts.alerts.timeline, rows, report, legend);
}

function severityKind({ severity }: EpisodePart): string {
  return `severity-${severityOf(Labels.of({ severity })) ?? 'other'}`;
}

export function componentStrips(report: DailyReport, texts: ReportTexts): Markup {
  const { statuses } = texts.uptime;
  const rows = report.components.map((part): Strip => ({
    name: part.component,
    figure: figure(part.uptime, texts, share),
    parts: part.stretches.map((stretch) => stretchPart(stretch, texts)),
  }));
  const used = new Set(report.components.flatMap(({ stretches }) => stretches.map(({ status }) => status)));
  const legend = [...used].map((status) => legendKey(`status-${status}`, statuses[status]));
  return strips(texts.uptime.components, rows, report, legend);
}

function stretchPart({ fromMs, toMs, status }: ComponentPart['stretches'][number], texts: ReportTexts): StripPart {
  const about = `${time(fromMs)} · ${texts.uptime.statuses[status]} · ${duration(toMs - fromMs, texts)}`;
  return { fromMs, toMs, kind: `status-${status}`, about };
}

/** Green for the time connected, red on top for the time not. */
export function exchangeStrips(report: DailyReport, texts: ReportTexts): Markup {
  const { slots, toMs } = report;
  const { connected, notConnected } = texts.uptime;
  const rows = report.exchanges.map(({ exchange, uptime, chart }): Strip => ({
    name: exchange,
    figure: figure(uptime, texts, share),
    parts: runsOf(chart.connected).flatMap(({ ratio, first, end }): readonly StripPart[] => {
      const at = slots.startMs + first * slots.lengthMs;
      const place = { fromMs: at, toMs: Math.min(toMs, slots.startMs + end * slots.lengthMs) };
      const about = `${time(at)} · ${connected} ${share(ratio)}`;
      return [
        ...(ratio < 1 ? [{ ...place, kind: 'status-unhealthy', about }] : []),
        ...(ratio > 0 ? [{ ...place, kind: 'status-healthy', share: ratio, about }] : []),
      ];
    }),
  }));
  return strips(texts.exchanges.heading, rows, report, [
    legendKey('status-healthy', connected),
    legendKey('status-unhealthy', notConnected),
  ]);
}

interface Run {
  readonly ratio: number;
  readonly first: number;
  readonly end: number;
}

/** Slots that say the same, as one. */
function runsOf(ratios: readonly (number | null)[]): readonly Run[] {
  const runs: Run[] = [];
  ratios.forEach((ratio, i) => {
    if (ratio === null) return;
    const last = runs.at(-1);
    if (last !== undefined && last.ratio === ratio && last.end === i) runs[runs.length - 1] = { ...last, end: i + 1 };
    else runs.push({ ratio, first: i, end: i + 1 });
  });
  return runs;
}
