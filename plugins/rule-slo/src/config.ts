import { range } from '@tapewatch/plugin-sdk/zod';
import { parse, PromqlError } from '@tapewatch/promql';
import { z } from 'zod';

const monthMs = 30 * 86_400_000;

/** PromQL with `$window` where the range of the window belongs. */
const windowed = z.string().superRefine((text, context) => {
  const fault = faultOf(text);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

const fields = z.strictObject({
  objective: z
    .number('This is not a number.')
    .gt(0)
    .lt(100)
    .describe('Percent of all events that must be good, as in 99.9'),
  good: windowed.optional().describe('Good events per second: PromQL with $window as its range; with total'),
  errors: windowed.optional().describe('Bad events per second, instead of good; with total'),
  total: windowed.optional().describe('All events per second'),
  error_ratio: windowed.optional().describe('The share that is bad, instead of the others'),
  period: range().default(monthMs).describe('Of the objective; the windows grow and shrink with it'),
  page: z.boolean().default(true).describe('Whether fast burning makes critical alerts'),
  ticket: z.boolean().default(true).describe('Whether slow burning makes warnings'),
});

/** A range of the shortest window has to hold a few samples. */
const shortestPeriodMs = 12 * 3_600_000;

/** What a rule of the type `slo` says beside its name, labels and times. */
export const sloSpec = fields.superRefine((spec, context) => {
  const issue = (path: readonly string[], message: string): void =>
    context.addIssue({ code: 'custom', path: [...path], message });
  const given = (['good', 'errors', 'total', 'error_ratio'] as const).filter((field) => spec[field] !== undefined);
  if (!['good,total', 'errors,total', 'error_ratio'].includes(given.join()))
    issue([], 'It needs good and total, or errors and total, or error_ratio alone.');
  if (!spec.page && !spec.ticket) issue(['ticket'], 'Without page and ticket nothing is left to tell.');
  if (spec.period < shortestPeriodMs) issue(['period'], 'The period is too short: 12h at least.');
});

function faultOf(text: string): string | undefined {
  if (!text.includes('$window'))
    return 'There is no $window in it: write it as the range, as in rate(requests_total[$window]).';
  try {
    const { type } = parse(text.replaceAll('$window', '5m'));
    return type === 'vector' ? undefined : `It must be an instant vector, not a ${type}.`;
  } catch (error) {
    if (error instanceof PromqlError) return `It is not PromQL: ${error.reason}.`;
    throw error;
  }
}

export type SloSpec = z.infer<typeof sloSpec>;
