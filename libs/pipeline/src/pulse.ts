import type { PipelineParts } from './parts.js';

/** A tick a second: this many missing ones are no hiccup. */
const lateMs = 15_000;

/** Why the pipeline cannot be relied on now: it does not measure, does not judge, or cannot keep what it tells. Undefined when it can. */
export function pulseFault({
  alerts,
  clock,
  engine,
  notifier,
  store,
}: Pick<PipelineParts, 'alerts' | 'clock' | 'engine' | 'notifier' | 'store'>): string | undefined {
  const now = clock.now();
  const { ownTickAt } = store;
  if (ownTickAt === undefined || now - ownTickAt > lateMs) return 'nothing is measured';
  const late = engine
    .views()
    .find(({ intervalMs, lastEvaluationAt }) => now - (lastEvaluationAt ?? -Infinity) > lateMs + 2 * intervalMs);
  if (late !== undefined) return `the rules of ${late.name} are not evaluated`;
  if (!alerts.durable) return 'alerts cannot be written';
  return notifier.durable ? undefined : 'notifications cannot be written';
}
