import type { CompiledLevel } from '@tapewatch/plugin-sdk';
import { defineRule, promqlRange } from '@tapewatch/plugin-sdk';
import type { SloSpec } from './config.js';
import { sloSpec } from './config.js';

/** Error budget burnt too fast: multi-window, multi-burn-rate alerts as in Google's SRE workbook, chapter 5. */
export const slo = defineRule({
  type: 'slo',
  description: 'Fires while the error budget of an objective is burnt too fast',
  spec: sloSpec,
  compile(spec) {
    const levels: CompiledLevel[] = [];
    if (spec.page) levels.push({ severity: 'critical', promql: promqlOf(spec, pages) });
    if (spec.ticket) levels.push({ severity: 'warning', promql: promqlOf(spec, tickets) });
    return { levels };
  },
});

interface Burn {
  /** How many times as fast as the objective allows. */
  readonly rate: number;
  /** Of the period: 720 is an hour of 30 days. */
  readonly windowsInPeriod: number;
}

const pages: readonly Burn[] = [
  { rate: 14.4, windowsInPeriod: 720 },
  { rate: 6, windowsInPeriod: 120 },
];

const tickets: readonly Burn[] = [
  { rate: 3, windowsInPeriod: 30 },
  { rate: 1, windowsInPeriod: 10 },
];

/** The short window says that it still goes on. */
const shortInLong = 12;

/** The value of an alert is the burn rate over the long window. */
function promqlOf(spec: SloSpec, burns: readonly Burn[]): string {
  const conditions = burns.map(({ rate, windowsInPeriod }) => {
    const longMs = spec.period / windowsInPeriod;
    const [long, short] = [longMs, longMs / shortInLong].map((ms) => `${burnRate(spec, ms)} > ${rate}`);
    return `(${long} and ${short})`;
  });
  return conditions.join(' or ');
}

function burnRate(spec: SloSpec, windowMs: number): string {
  const budget = Number((1 - spec.objective / 100).toPrecision(10));
  return `${errorRatio(spec, promqlRange(Math.round(windowMs / 1000) * 1000))} / ${budget}`;
}

function errorRatio({ good, errors, total, error_ratio: ratio }: SloSpec, window: string): string {
  if (ratio !== undefined) return filled(ratio, window);
  const all = filled(total, window);
  if (errors !== undefined) return `(${filled(errors, window)} / ${all})`;
  // When nothing has ever been good there may be no series that counts it.
  return `(1 - (${filled(good, window)} or ${all} * 0) / ${all})`;
}

/** A comment must not swallow what follows. */
function filled(text = '', window: string): string {
  const trimmed = text.trim().replaceAll('$window', window);
  return trimmed.includes('#') ? `(${trimmed}\n)` : `(${trimmed})`;
}
