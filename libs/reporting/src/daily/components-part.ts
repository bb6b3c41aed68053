import type { HealthEvent } from '@tapewatch/model';
import type { ComponentPart, StatusStretch } from './daily-report.js';
import { known, unknown } from './figure.js';
import type { Observation, Span } from './observation.js';

/** How long each component worked. Time in which the program did not run, or the status was unknown, counts for nothing. */
export function componentsPart(
  changes: readonly HealthEvent[],
  components: readonly string[],
  observation: Observation,
): readonly ComponentPart[] {
  const names = [...new Set([...components, ...changes.map(({ component }) => component)])].sort();
  const unseen = observation.unobserved();
  return names.map((component) => {
    const own = changes.filter((change) => change.component === component).sort((a, b) => a.at - b.at);
    return partOf(component, own, observation, unseen);
  });
}

function partOf(
  component: string,
  changes: readonly HealthEvent[],
  observation: Observation,
  unseen: readonly Span[],
): ComponentPart {
  const { fromMs, toMs } = observation.grid;
  const stretches: StatusStretch[] = [];
  let upMs = 0;
  let downMs = 0;
  changes.forEach(({ at, status }, i) => {
    const begin = Math.max(at, fromMs);
    const end = Math.min(changes[i + 1]?.at ?? toMs, toMs);
    if (end <= begin) return;
    stretches.push({ fromMs: begin, toMs: end, status });
    const seenMs = observation.observedMs(begin, end);
    if (status === 'unhealthy') downMs += seenMs;
    else if (status !== 'unknown') upMs += seenMs;
  });
  const knownMs = upMs + downMs;
  return {
    component,
    uptime: knownMs > 0 ? known(upMs / knownMs) : unknown(changes.length === 0 ? 'no_data' : 'not_observed'),
    knownRatio: Math.min(1, knownMs / (toMs - fromMs)),
    outages: changes.filter(({ at, status, previous }) => at > fromMs && status === 'unhealthy' && previous !== status)
      .length,
    downMs,
    stretches: stretches.flatMap((stretch) => cutOut(stretch, unseen)),
  };
}

function cutOut(stretch: StatusStretch, unseen: readonly Span[]): readonly StatusStretch[] {
  const pieces: StatusStretch[] = [];
  let from = stretch.fromMs;
  for (const span of unseen) {
    const [begin, end] = [Math.max(from, span.fromMs), Math.min(stretch.toMs, span.toMs)];
    if (end <= begin) continue;
    if (begin > from) pieces.push({ ...stretch, fromMs: from, toMs: begin });
    pieces.push({ fromMs: begin, toMs: end, status: 'unobserved' });
    from = end;
  }
  if (from < stretch.toMs) pieces.push({ ...stretch, fromMs: from });
  return pieces;
}
