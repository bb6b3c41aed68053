import type { Alert, AlertInstance } from '@tapewatch/model';
import type { AlertBook } from '../alert-book.js';
import type { Change } from '../alert-journal.js';
import { instanceKey, openAlert, refresh, type TrackedAlert } from '../tracked-alert.js';
import type { Episodes } from './posted-alerts.js';

/** Posted alerts live by their own rules; their episodes and history are kept in the book like all others. */
export function postedEpisodes(book: AlertBook, suppressed: (alert: Alert, reason: string) => void): Episodes {
  return {
    active: () => book.active(),
    fire: (instance, at) => book.note(fire(book, instance, at)),
    end: (instance, endsAt, at) => {
      const tracked = book.get(instanceKey(instance));
      if (tracked === undefined) return { kept: Promise.resolve() };
      const [change] = book.finish(tracked, { at, kind: 'resolved', instance });
      if (change === undefined) return { kept: Promise.resolve() };
      const alert = { ...change.alert.alert, endsAt: tracked.held ? (tracked.alert.endsAt ?? endsAt) : endsAt };
      const kept = book.note([{ ...change, alert: { ...change.alert, alert } }]);
      return { alert, kept };
    },
    revise: (alert) => book.note([{ alert: { alert, held: false }, tell: true }]),
    suppress: (instance, at, reason) => {
      const { firedAt: _never, ...alert } = openAlert(instance);
      const ended: Alert = { ...alert, state: 'inactive', endsAt: Math.max(at, alert.startsAt) };
      suppressed(ended, reason);
      const event = { at, kind: 'suppressed' as const, note: reason };
      return book.note([{ alert: { alert: ended, held: false }, event, tell: false }]);
    },
  };
}

function fire(book: AlertBook, instance: AlertInstance, at: number): Change[] {
  const tracked = book.get(instanceKey(instance));
  if (tracked?.held === true) return [];
  const changed: TrackedAlert = {
    ...tracked,
    held: false,
    alert: tracked === undefined ? openAlert(instance) : refresh(tracked.alert, instance),
  };
  book.keep(changed);
  return tracked === undefined
    ? [{ alert: changed, event: { at, kind: 'firing' }, tell: true }]
    : [{ alert: changed, tell: false }];
}
