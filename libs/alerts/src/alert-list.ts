import { accepted, refused, type Alert, type CommandResult, type Page, type PageRequest } from '@tapewatch/model';
import { parseAlertFilter, passes, type AlertFilter, type ParsedAlertFilter } from './alert-filter.js';
import type { AlertPosition } from './alert-history.js';
import type { Alerts } from './alerts.js';

export type AlertPage = Page<Alert> & { readonly totalCount: number };

/** Pages of alerts, newest start first. What is under way comes from memory, also while the disk fails; the past from history. */
export async function listAlerts(
  alerts: Alerts,
  request: PageRequest & { readonly filter?: AlertFilter },
): Promise<CommandResult<AlertPage>> {
  const filter = parseFilter(request.filter ?? {});
  if (!filter.ok) return filter;
  const after = request.after === undefined ? undefined : parseCursor(request.after);
  if (after === null) return refused('INVALID_INPUT', 'after is no cursor of this list', 'after');
  const wantsPast = filter.value.states?.some((state) => state === 'resolved' || state === 'inactive') ?? false;
  const { found, totalCount } = wantsPast
    ? await fromHistory(alerts, filter.value, request.first, after)
    : fromMemory(alerts, filter.value, request.first, after);
  const page = found.slice(0, request.first);
  return accepted({
    items: page.map((alert) => ({ cursor: `${alert.startsAt}:${alert.id}`, node: alert })),
    hasNextPage: found.length > page.length,
    totalCount,
  });
}

interface Found {
  readonly found: readonly Alert[];
  readonly totalCount: number;
}

function fromMemory(alerts: Alerts, filter: ParsedAlertFilter, first: number, after: AlertPosition | undefined): Found {
  const matching = alerts
    .active()
    .filter((alert) => passes(alert, filter))
    .sort((a, b) => b.startsAt - a.startsAt || (a.id < b.id ? 1 : -1));
  const rest = matching.filter((alert) => after === undefined || isBehind(alert, after));
  return { found: rest.slice(0, first + 1), totalCount: matching.length };
}

async function fromHistory(
  alerts: Alerts,
  filter: ParsedAlertFilter,
  first: number,
  after: AlertPosition | undefined,
): Promise<Found> {
  const [rows, totalCount] = await Promise.all([
    alerts.history.page(filter, first, after),
    alerts.history.count(filter),
  ]);
  const fresh = new Map(alerts.active().map((alert) => [alert.id, alert]));
  return { found: rows.map((alert) => fresh.get(alert.id) ?? alert), totalCount };
}

function isBehind(alert: Alert, { startsAt, id }: AlertPosition): boolean {
  return alert.startsAt < startsAt || (alert.startsAt === startsAt && alert.id < id);
}

/** Without states, what is under way. */
function parseFilter(filter: AlertFilter): CommandResult<ParsedAlertFilter> {
  const unsaid = filter.states === undefined || filter.states.length === 0;
  return parseAlertFilter({ ...filter, ...(unsaid ? { states: ['pending', 'firing'] as const } : {}) });
}

function parseCursor(cursor: string): AlertPosition | null {
  const parts = /^(\d{1,16}):([0-9a-f]{1,64})$/.exec(cursor);
  return parts === null ? null : { startsAt: Number(parts[1]), id: parts[2] as string };
}
