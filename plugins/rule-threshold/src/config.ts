import { checkLevels, limits } from '@tapewatch/plugin-sdk';
import { labelName, labelValues, levels, metricName, range } from '@tapewatch/plugin-sdk/zod';
import { z } from 'zod';

/** How the samples of the window `over` become one value. */
export const aggregates = ['avg', 'max', 'min', 'sum', 'last', 'rate', 'increase'] as const;
export type Aggregate = (typeof aggregates)[number];

const number = z.number('This is not a number.').optional();

/** Where a rule fires, and where it clears. */
const bounds = {
  above: number.describe('Fires above this'),
  below: number.describe('Fires below this'),
  at_least: number.describe('Fires at or above this'),
  at_most: number.describe('Fires at or below this'),
  clear: number.describe('Once it fires, it goes on until it is no longer above (below, at least, at most) this'),
};

const fields = z.strictObject({
  metric: metricName().describe('The metric, by its name in PromQL'),
  where: labelValues().optional().describe('Only series with these label values'),
  over: range().optional().describe('Window whose samples become one value'),
  aggregate: z.enum(aggregates).optional().describe('How they do; avg when absent'),
  by: z
    .array(labelName())
    .min(1)
    .optional()
    .describe('One alert for each combination of these labels, instead of one for each series'),
  ...levels(bounds),
  matches: z
    .strictObject({
      times: z.int().min(1).describe('So many of them'),
      of: z.int().min(2).max(3600).describe('The newest evaluations that count'),
    })
    .refine(({ times, of }) => times <= of, 'This cannot be: times is more than of.')
    .optional()
    .describe('Fires when so many of the newest evaluations were beyond the threshold, instead of the newest one'),
});

/** What a rule of the type `threshold` says beside its name, labels and times. */
export const thresholdSpec = fields.superRefine((spec, context) => {
  const issue = (path: readonly string[], message: string): void =>
    context.addIssue({ code: 'custom', path: [...path], message });
  checkLevels(spec, { limits, example: 'above: 10' }, issue);
  if (spec.aggregate !== undefined && spec.over === undefined)
    issue(['aggregate'], 'An aggregate needs a window: add over, as in over: 30s.');
});

export type ThresholdSpec = z.infer<typeof thresholdSpec>;
export type Level = Pick<ThresholdSpec, keyof typeof bounds>;
