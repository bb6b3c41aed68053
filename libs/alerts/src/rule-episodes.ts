import type { AlertInstance, Evaluation, RuleTransition } from '@tapewatch/model';
import type { AlertBook } from './alert-book.js';
import type { Change } from './alert-journal.js';
import { hasFired, instanceKey, openAlert, refresh } from './tracked-alert.js';

/** Brings the book up to date with what one group of rules found out; the changes are to be noted. */
export function judged(book: AlertBook, { transitions, active }: Evaluation): readonly Change[] {
  const begunAndEnded = transitions.flatMap((transition) => transit(book, transition));
  return [...begunAndEnded, ...active.flatMap((instance) => update(book, instance))];
}

/** Ends alerts whose rule is gone; the changes are to be noted. */
export function abandoned(book: AlertBook, instances: readonly AlertInstance[], at: number): readonly Change[] {
  return instances.flatMap((instance) => {
    const tracked = book.get(instanceKey(instance));
    if (tracked === undefined) return [];
    const kind = instance.state === 'firing' ? ('resolved' as const) : ('inactive' as const);
    return book.finish(tracked, { at, kind, instance }, 'the rule is gone');
  });
}

function transit(book: AlertBook, transition: RuleTransition): readonly Change[] {
  const { instance, kind, at } = transition;
  const tracked = book.get(instanceKey(instance));
  if (kind === 'resolved' || kind === 'inactive') return tracked === undefined ? [] : book.finish(tracked, transition);
  if (tracked?.held === true) return [];
  const alert = tracked === undefined ? openAlert(instance) : refresh(tracked.alert, instance);
  const changed = { ...tracked, held: false, alert };
  book.keep(changed);
  return [{ alert: changed, event: { at, kind }, tell: hasFired(changed) }];
}

/** Fresh value and annotations stay in memory; what a restart needs is written. */
function update(book: AlertBook, instance: AlertInstance): readonly Change[] {
  const tracked = book.get(instanceKey(instance));
  if (tracked === undefined || tracked.held) return [];
  const changed = { ...tracked, alert: refresh(tracked.alert, instance) };
  book.keep(changed);
  return tracked.alert.keepFiringSince === changed.alert.keepFiringSince ? [] : [{ alert: changed, tell: false }];
}
