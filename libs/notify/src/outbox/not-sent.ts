import { createHash } from 'node:crypto';
import type { Alert } from '@tapewatch/model';

/** Alerts of which a channel was not told, and why. */
export interface NotSent {
  readonly id: number;
  readonly at: number;
  readonly channel: string;
  readonly groupKey: string;
  readonly alertIds: readonly string[];
  readonly reason: string;
  /** The same after a restart, so that each is written once. */
  readonly idempotencyKey: string;
}

/** The reason when an alert had ended by the time its group was to be told. */
export const endedBeforeTold = 'ended before its group was told';

export interface HeldAlert {
  readonly alert: Alert;
  readonly reason: string;
}

/** Knows what was held back from which channel already, so that each change is noted once and not once a second. */
export class NotSentNotes {
  /** By channel, group and alert: the reason that was noted last. */
  readonly #noted = new Map<string, string>();
  readonly #nextId: () => number;

  constructor(nextId: () => number) {
    this.#nextId = nextId;
  }

  /** Notes for what is newly held back, or held back for a new reason; one for all alerts with the same reason. */
  newly(
    place: { readonly channel: string; readonly groupKey: string; readonly flush: number },
    held: readonly HeldAlert[],
    at: number,
  ): readonly NotSent[] {
    const news = held.filter(({ alert, reason }) => {
      const key = noteKey(place, alert.id);
      if (this.#noted.get(key) === reason) return false;
      this.#noted.set(key, reason);
      return true;
    });
    return [...Map.groupBy(news, ({ reason }) => reason)].map(([reason, alerts]) => {
      const alertIds = alerts.map(({ alert }) => alert.id).sort();
      return {
        id: this.#nextId(),
        at,
        channel: place.channel,
        groupKey: place.groupKey,
        alertIds,
        reason,
        idempotencyKey: `${place.channel}/${digest(place.groupKey)}/${place.flush}/held/${digest(reason, ...alertIds)}`,
      };
    });
  }

  /** Once they are told, or over, being held back again is news again. */
  forget(place: { readonly channel: string; readonly groupKey: string }, alertIds: Iterable<string>): void {
    for (const id of alertIds) this.#noted.delete(noteKey(place, id));
  }
}

/** Short and stable: part of idempotency keys. */
export function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\u0000')).digest('hex').slice(0, 16);
}

function noteKey({ channel, groupKey }: { readonly channel: string; readonly groupKey: string }, id: string): string {
  return `${channel}\u0000${groupKey}\u0000${id}`;
}
