/** Why a figure has no value. */
export const reasons = [
  'no_data',
  'not_observed',
  'no_requests',
  'too_few_returns',
  'none_acknowledged',
  'none_resolved',
] as const;

export type Reason = (typeof reasons)[number];

/** A number, or that there is none and why: what is undefined is never 0. */
export type Figure = { readonly value: number } | { readonly value: null; readonly reason: Reason };

export function known(value: number): Figure {
  return { value };
}

export function unknown(reason: Reason): Figure {
  return { value: null, reason };
}

/** `value` when it is a finite number. */
export function figureOf(value: number | undefined, otherwise: Reason): Figure {
  return value !== undefined && Number.isFinite(value) ? known(value) : unknown(otherwise);
}
