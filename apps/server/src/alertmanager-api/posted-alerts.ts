import { accepted, refused, type CommandResult } from '@tapewatch/model';
import type { PostedAlert } from '@tapewatch/pipeline';
import { BadRequest } from './bad-request.js';

export interface PostedAlerts {
  readonly alerts: readonly PostedAlert[];
  /** What is wrong with the others, in one text. */
  readonly problems: CommandResult<void>;
}

/** More of one request are refused: it would hold everything else up. */
const mostAlerts = 20_000;

/** The body of `POST /api/v2/alerts`. A list in which one alert is wrong is not lost for that. Throws BadRequest when it is no list of alerts. */
export function readPostedAlerts(body: unknown): PostedAlerts {
  if (!Array.isArray(body)) throw new BadRequest('alerts in body must be a list of alerts');
  if (body.length > mostAlerts)
    throw new BadRequest(`alerts in body: at most ${mostAlerts} in one request; there are ${body.length}`);
  const alerts: PostedAlert[] = [];
  const problems: string[] = [];
  for (const [i, entry] of (body as readonly unknown[]).entries()) {
    const alert = readAlert(entry);
    if (typeof alert === 'string') problems.push(`alerts[${i}]: ${alert}`);
    else alerts.push(alert);
  }
  return {
    alerts,
    problems: problems.length === 0 ? accepted(undefined) : refused('INVALID_INPUT', problems.join('\n')),
  };
}

/** The alert, or what is wrong with it. */
function readAlert(entry: unknown): PostedAlert | string {
  if (!isRecord(entry)) return 'must be an object';
  const labels = texts(entry['labels']);
  if (labels === undefined) return 'labels must be an object of texts';
  const named = Object.entries(labels).filter(([, value]) => value !== '');
  if (named.length === 0) return 'at least one label pair required';
  const wrongName = named.find(([name]) => name === '');
  if (wrongName !== undefined) return 'a label has no name';
  const annotations = texts(entry['annotations'] ?? {});
  if (annotations === undefined) return 'annotations must be an object of texts';
  const startsAt = time(entry['startsAt']);
  const endsAt = time(entry['endsAt']);
  if (startsAt === null || endsAt === null) return 'startsAt and endsAt must be times such as 2026-01-31T12:00:00.000Z';
  if (startsAt !== undefined && endsAt !== undefined && endsAt < startsAt) return 'start time must be before end time';
  const { generatorURL } = entry;
  if (generatorURL !== undefined && typeof generatorURL !== 'string') return 'generatorURL must be a text';
  return {
    labels: Object.fromEntries(named),
    annotations,
    ...(startsAt === undefined ? {} : { startsAt }),
    ...(endsAt === undefined ? {} : { endsAt }),
    ...(generatorURL === undefined || generatorURL === '' ? {} : { generatorUrl: generatorURL }),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function texts(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!isRecord(value)) return undefined;
  return Object.values(value).every((one) => typeof one === 'string') ? (value as Record<string, string>) : undefined;
}

/** Go's zero time, which clients send for "none", is none; null for what is no time. */
function time(value: unknown): number | undefined | null {
  if (value === undefined || value === null || value === '') return undefined;
  const ms = typeof value === 'string' ? Date.parse(value) : NaN;
  if (!Number.isFinite(ms)) return null;
  return ms <= Date.parse('0001-01-01T00:00:00Z') ? undefined : ms;
}
