import type { Alert } from '@tapewatch/model';
import type { ReportedAlert } from '../ports.js';
import type { AlertCount, AlertsPart, EpisodePart, PersonCount, Times } from './daily-report.js';
import { known, unknown, type Reason } from './figure.js';

/** More are counted, but not listed. */
const mostListed = 500;

/** What fired in [fromMs, toMs), for how long, and who took care of it. Each event counts in the range in which it happened, so that ranges add up. */
export function alertsPart(reported: readonly ReportedAlert[], fromMs: number, toMs: number): AlertsPart {
  const within = (at: number | undefined): at is number => at !== undefined && at >= fromMs && at < toMs;
  const episodes = reported.map((one) => ({ ...one, firedAt: one.alert.firedAt ?? one.alert.startsAt }));
  const list = episodes.map((one) => episodeOf(one, fromMs, toMs));
  const acknowledged = episodes.flatMap(({ firedAt, firstAcknowledgedAt }) =>
    within(firstAcknowledgedAt) ? [Math.max(0, firstAcknowledgedAt - firedAt)] : [],
  );
  const resolved = episodes.flatMap(({ firedAt, alert }) => (within(alert.endsAt) ? [alert.endsAt - firedAt] : []));
  const events = reported.flatMap(({ events }) => events.filter(({ at }) => within(at)));
  const kept = mostToList(list);
  return {
    episodes: episodes.length,
    began: episodes.filter(({ firedAt }) => within(firedAt)).length,
    endedInRange: resolved.length,
    firingAtEnd: episodes.filter(({ alert }) => alert.endsAt === undefined || alert.endsAt >= toMs).length,
    firingMs: list.reduce((sum, { firingMs }) => sum + firingMs, 0),
    bySeverity: counted(list, ({ severity }) => severity),
    byName: counted(list, ({ name }) => name),
    timeToAcknowledge: timesOf(acknowledged, 'none_acknowledged'),
    timeToResolve: timesOf(resolved, 'none_resolved'),
    acknowledgedBy: people(events.flatMap(({ kind, by }) => (kind === 'acknowledged' && by !== undefined ? [by] : []))),
    resolvedBy: people(events.flatMap(({ kind, by }) => (kind === 'resolved' && by !== undefined ? [by] : []))),
    list: kept,
    leftOut: list.length - kept.length,
  };
}

function episodeOf(
  { alert, firedAt, events }: ReportedAlert & { readonly firedAt: number },
  fromMs: number,
  toMs: number,
): EpisodePart {
  const acknowledgement = events.findLast(({ kind }) => kind === 'acknowledged');
  return {
    id: alert.id,
    name: alert.name,
    severity: alert.labels.get('severity'),
    labels: alert.labels.without('alertname', 'severity', 'job', 'instance').toObject(),
    summary: alert.annotations['summary'] ?? '',
    firedAtMs: firedAt,
    endedAtMs: alert.endsAt ?? null,
    firingMs: firingMs(alert, firedAt, fromMs, toMs),
    acknowledgedBy: acknowledgement?.by ?? null,
    acknowledgedAtMs: acknowledgement?.at ?? null,
    resolvedBy: alert.resolvedBy ?? null,
  };
}

function firingMs(alert: Alert, firedAt: number, fromMs: number, toMs: number): number {
  return Math.max(0, Math.min(toMs, alert.endsAt ?? toMs) - Math.max(fromMs, firedAt));
}

function counted(list: readonly EpisodePart[], keyOf: (episode: EpisodePart) => string): readonly AlertCount[] {
  const counts = new Map<string, AlertCount>();
  for (const episode of list) {
    const key = keyOf(episode);
    const { episodes, firingMs } = counts.get(key) ?? { episodes: 0, firingMs: 0 };
    counts.set(key, { key, episodes: episodes + 1, firingMs: firingMs + episode.firingMs });
  }
  return [...counts.values()].sort(
    (a, b) => b.episodes - a.episodes || b.firingMs - a.firingMs || (a.key < b.key ? -1 : 1),
  );
}

function timesOf(times: readonly number[], none: Reason): Times {
  if (times.length === 0) return { n: 0, meanMs: unknown(none), medianMs: unknown(none) };
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
  const mean = sorted.reduce((sum, time) => sum + time, 0) / sorted.length;
  return { n: sorted.length, meanMs: known(mean), medianMs: known(median) };
}

function people(names: readonly string[]): readonly PersonCount[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([by, count]) => ({ by, count })).sort((a, b) => b.count - a.count || (a.by < b.by ? -1 : 1));
}

/** The longest, when there are too many; by start. */
function mostToList(list: readonly EpisodePart[]): readonly EpisodePart[] {
  const kept = list.length <= mostListed ? list : list.toSorted((a, b) => b.firingMs - a.firingMs).slice(0, mostListed);
  return kept.toSorted((a, b) => a.firedAtMs - b.firedAtMs || (a.id < b.id ? -1 : 1));
}
