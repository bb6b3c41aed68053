import { defineRule, promqlRange, promqlSelector } from '@tapewatch/plugin-sdk';
import type { AbsenceSpec } from './config.js';
import { absenceSpec } from './config.js';

/** A series that was there and is gone, each by itself; `absent()` only tells when nothing at all is left. */
export const absence = defineRule({
  type: 'absence',
  description: 'Fires while a series that was there, or that is expected, has no samples',
  spec: absenceSpec,
  compile: (spec) => ({
    promql: [
      `${seen(spec, spec.remembered)} unless ${seen(spec, spec.within)}`,
      ...(spec.expected ?? []).map((labels) => neverSeen(spec, labels)),
    ].join(' or '),
  }),
});

function seen({ metric, where, by }: AbsenceSpec, windowMs: number): string {
  const present = `present_over_time(${promqlSelector(metric, where)}[${promqlRange(windowMs)}])`;
  return by === undefined ? present : `group by (${by.join(', ')}) (${present})`;
}

/** One that is remembered is missed as itself, with all of its labels. */
function neverSeen({ metric, where, remembered }: AbsenceSpec, labels: Readonly<Record<string, string>>): string {
  return `absent_over_time(${promqlSelector(metric, { ...where, ...labels })}[${promqlRange(remembered)}])`;
}
