import { expect } from 'vitest';
import type { Delivery } from '../../support/webhook.js';
import { covers, type Hold } from './hold.js';
import type { AlertRecord, LedgerRow } from './records.js';
import type { Run } from './run.js';

export interface Told {
  /** That fired. */
  readonly alerts: readonly AlertRecord[];
  readonly deliveries: readonly Delivery[];
  /** Newest first. */
  readonly ledger: readonly LedgerRow[];
  readonly holds: readonly Hold[];
  readonly runs: readonly Run[];
}

/** How many alerts were told otherwise than once when they fired and once when they were over. */
export interface Exceptions {
  silenced: number;
  /** It began and ended within an interval of its group. */
  overTooSoon: number;
  /** As a silence had ended; of alerts in groups of their own. */
  reminded: number;
}

/** What is over sooner need not be told, or noted when the program is killed before the group's turn. */
const groupIntervalMs = 1_000;
/** A reminder is owed when an alert went on for so long while the program ran. */
const reminderMs = 1_500;

/** Of one kill: twice as many as a webhook is sent at once. How many they are of all depends on how fast the disk is. */
const mostRepeats = 8;

/** Every delivery has its row and every row its delivery; a repeat carries the key and the words of the first. */
export function expectKeys({ deliveries, ledger, runs }: Told): void {
  const words = new Map(deliveries.map(({ key, body }) => [key, JSON.stringify(body)]));
  expect(deliveries.filter(({ key, body }) => JSON.stringify(body) !== words.get(key))).toEqual([]);
  const sent = ledger.filter(({ outcome }) => outcome !== 'NOT_SENT');
  expect(sent.filter(({ outcome }) => outcome !== 'SENT')).toEqual([]);
  expect(sent.filter(({ idempotencyKey }) => !words.has(idempotencyKey))).toEqual([]);
  const known = new Set(sent.map(({ idempotencyKey }) => idempotencyKey));
  expect([...words.keys()].filter((key) => !known.has(key))).toEqual([]);
  expect(repeats(deliveries), 'repeats').toBeLessThanOrEqual(runs.length * mostRepeats);
}

/** Deliveries of what had been delivered already. */
export function repeats(deliveries: readonly Delivery[]): number {
  return deliveries.length - new Set(deliveries.map(({ key }) => key)).size;
}

/**
 * Every beginning is told, and then its end, each under one key; the beginning again when a silence has ended, and only then. Of what was
 * not told the ledger says why.
 */
export function expectToldOnce(told: Told): Exceptions {
  const firing = keysByAlert(told.deliveries, 'firing');
  const resolved = keysByAlert(told.deliveries, 'resolved');
  const reasons = new Map<string, string[]>();
  for (const { outcome, reason, alertIds } of told.ledger)
    if (outcome === 'NOT_SENT') for (const id of alertIds) reasons.set(id, [...(reasons.get(id) ?? []), reason ?? '']);
  const decidedAt = new Map(told.ledger.map(({ idempotencyKey, at }) => [idempotencyKey, Date.parse(at)]));
  const lost: string[] = [];
  const exceptions: Exceptions = { silenced: 0, overTooSoon: 0, reminded: 0 };
  for (const alert of told.alerts) {
    const what = JSON.stringify(alert);
    const [begun, ended] = [firing.get(alert.id) ?? [], resolved.get(alert.id) ?? []];
    if (begun.length === 0) {
      const why = reasons.get(alert.id) ?? [];
      // In a group that is told for another alert's sake the end may be all that there is to tell.
      const isToldAsOver = alert.name === 'Posted' && ended.length === 1;
      const isOverTooSoon =
        isToldAsOver || lastedMs(alert) < groupIntervalMs || why.includes('ended before its group was told');
      if (why.some((reason) => reason.startsWith('silence '))) exceptions.silenced++;
      else if (isOverTooSoon) exceptions.overTooSoon++;
      else lost.push(`not told: ${what}`);
      if (ended.length > 0 && !isToldAsOver) lost.push(`only its end told: ${what}`);
      continue;
    }
    if (ended.length !== 1) lost.push(`end told ${ended.length} times: ${what}`);
    // Posted ones are told in groups, where the news is another's.
    if (alert.name !== 'Posted') exceptions.reminded += begun.length - 1;
    if (alert.name !== 'Posted' && begun.length > 1 + timesFreed(alert))
      lost.push(`told ${begun.length} times: ${what}`);
    for (const from of owedReminders(alert, told.runs))
      if (!begun.some((key) => (decidedAt.get(key) ?? 0) >= from)) lost.push(`not told again after ${from}: ${what}`);
  }
  expect(lost).toEqual([]);
  return exceptions;
}

/** The same words under another key are a reminder: a silence has ended in between. */
export function expectNoTwins({ alerts, deliveries }: Told): void {
  const freed = new Map(alerts.map((alert) => [alert.id, timesFreed(alert)]));
  const keys = new Map<string, Set<string>>();
  for (const { key, body } of deliveries) {
    const words = JSON.stringify(body);
    keys.set(words, (keys.get(words) ?? new Set()).add(key));
  }
  const twins = [...keys].filter(([words, some]) => {
    const { alerts: told } = JSON.parse(words) as Delivery['body'];
    return some.size > 1 + told.reduce((sum, { id }) => sum + (freed.get(id) ?? 0), 0);
  });
  expect(twins.map(([words, some]) => [words, ...some])).toEqual([]);
}

/** Nobody is told that an alert fires while a confirmed silence covers it: no such notification is even decided on. */
export function expectSilent({ alerts, deliveries, ledger, holds }: Told): void {
  const labels = new Map(alerts.map((alert) => [alert.id, alert.labels]));
  const firing = new Map(
    deliveries.map(({ key, body }) => [key, body.alerts.filter(({ status }) => status === 'firing')]),
  );
  const broken: string[] = [];
  for (const { idempotencyKey, at } of ledger) {
    const decidedAt = Date.parse(at);
    const holding = holds.filter(({ from, to }) => from < decidedAt && decidedAt < to);
    for (const { id } of firing.get(idempotencyKey) ?? [])
      for (const { silenceId, matcher, from, to } of holding)
        if (covers(matcher, labels.get(id) ?? {}))
          broken.push(`${idempotencyKey} told ${id} at ${at}, silenced by ${silenceId} from ${from} to ${to}`);
  }
  expect(broken).toEqual([]);
}

/** When silences ended that had covered an alert which then went on, heard by nobody's hand, while the program ran. */
function owedReminders({ history, endsAt }: AlertRecord, runs: readonly Run[]): readonly number[] {
  return history.flatMap(({ kind, at }, i) => {
    if (kind !== 'UNSILENCED') return [];
    const acknowledged = history.slice(0, i).some((event) => event.kind === 'ACKNOWLEDGED');
    const from = Date.parse(at);
    const next = history.slice(i + 1).find((event) => event.kind !== 'UNSILENCED');
    const to = Math.min(Date.parse(endsAt ?? ''), next === undefined ? Infinity : Date.parse(next.at));
    const fires = history.slice(0, i).some((event) => event.kind === 'FIRING');
    const isOwed = runs.some(({ readyAt, endedAt }) => Math.min(to, endedAt) - Math.max(from, readyAt) >= reminderMs);
    return fires && !acknowledged && isOwed ? [from] : [];
  });
}

/** By the server's clock: a sender's alert may have begun long before it came. */
function lastedMs({ history }: AlertRecord): number {
  const atOf = (wanted: string): number => Date.parse(history.find(({ kind }) => kind === wanted)?.at ?? '');
  return atOf('RESOLVED') - atOf('FIRING');
}

function timesFreed({ history }: AlertRecord): number {
  return history.filter(({ kind }) => kind === 'UNSILENCED' || kind === 'UNACKNOWLEDGED').length;
}

function keysByAlert(deliveries: readonly Delivery[], status: string): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, Set<string>>();
  for (const { key, body } of deliveries)
    for (const alert of body.alerts)
      if (alert.status === status) keys.set(alert.id, (keys.get(alert.id) ?? new Set()).add(key));
  return new Map([...keys].map(([id, some]) => [id, [...some]]));
}
