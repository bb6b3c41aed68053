import { accepted, type Alert, type CommandResult } from '@tapewatch/model';
import type { Alerts } from '../alerts.js';
import { matchesAll } from './silence.js';
import { parsed } from './silence-draft.js';

/** What a silence would cover, before it is made. */
export interface SilencePreview {
  /** Pending and firing ones, newest start first. */
  readonly active: readonly Alert[];
  /** How many have fired in the time looked back on, the active ones included. */
  readonly pastCount: number;
  /** The newest of them that are over. */
  readonly past: readonly Alert[];
}

const shownPast = 50;

/** Refuses matchers that a silence could not have. */
export async function previewSilence(
  alerts: Alerts,
  texts: readonly string[],
  since: number,
): Promise<CommandResult<SilencePreview>> {
  const matchers = parsed(texts);
  if (!matchers.ok) return matchers;
  const active = alerts
    .active()
    .filter(({ labels }) => matchesAll(matchers.value, labels))
    .sort((a, b) => b.startsAt - a.startsAt || (a.id < b.id ? 1 : -1));
  const underWay = new Set(active.map(({ id }) => id));
  const fired = await alerts.history.page({ matchers: matchers.value, since }, Number.MAX_SAFE_INTEGER);
  const past = fired.filter(({ id, firedAt }) => firedAt !== undefined && !underWay.has(id));
  const stillFiring = active.filter(({ firedAt, startsAt }) => firedAt !== undefined && startsAt >= since);
  return accepted({ active, pastCount: past.length + stillFiring.length, past: past.slice(0, shownPast) });
}
