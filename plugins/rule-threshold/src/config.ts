import { parse } from '@tapewatch/promql';
import { z } from 'zod';

/** How the samples of the window `over` become one value. */
export const aggregates = ['avg', 'max', 'min', 'sum', 'last', 'rate', 'increase'] as const;
export type Aggregate = (typeof aggregates)[number];

export const limits = ['above', 'below', 'at_least', 'at_most'] as const;
export type Limit = (typeof limits)[number];

const metricName = z
  .string()
  .regex(
    /^[a-zA-Z_:][a-zA-Z0-9_:]*$/,
    'This is not a metric name; write it as PromQL knows it, as in exchange_feed_age_seconds.',
  );

const labelPattern = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const labelMessage = 'This is not a label name; letters, digits and _ are allowed.';

const duration = z.string().refine(isRange, 'This is not a duration above zero; write it as in 30s, 5m or 1h30m.');

const bound = z.number('This is not a number.').optional();

const fields = z.strictObject({
  metric: metricName.describe('The metric, by its name in PromQL'),
  where: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
    .refine((where) => Object.keys(where).every((name) => labelPattern.test(name)), labelMessage)
    .optional()
    .describe('Only series with these label values'),
  over: duration.optional().describe('Window whose samples become one value'),
  aggregate: z.enum(aggregates).optional().describe('How they do; avg when absent'),
  by: z
    .array(z.string().regex(labelPattern, labelMessage))
    .min(1)
    .optional()
    .describe('One alert for each combination of these labels, instead of one for each series'),
  above: bound.describe('Fires above this'),
  below: bound.describe('Fires below this'),
  at_least: bound.describe('Fires at or above this'),
  at_most: bound.describe('Fires at or below this'),
});

/** What a rule of the type `threshold` says beside its name, labels and times. */
export const thresholdSpec = fields.superRefine((spec, context) => {
  const given = limits.filter((limit) => spec[limit] !== undefined);
  if (given.length === 0)
    context.addIssue({
      code: 'custom',
      message: `A threshold is missing: add one of ${limits.join(', ')}, as in above: 10.`,
    });
  if (given.length > 1)
    context.addIssue({
      code: 'custom',
      path: [given[1] as string],
      message: `There are ${given.length} thresholds (${given.join(', ')}): keep one, and write another rule for the other.`,
    });
  if (spec.aggregate !== undefined && spec.over === undefined)
    context.addIssue({
      code: 'custom',
      path: ['aggregate'],
      message: 'An aggregate needs a window: add over, as in over: 30s.',
    });
});

/** PromQL itself is the judge of what may stand in the brackets of a range. */
function isRange(text: string): boolean {
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(text)) return false;
  try {
    parse(`m[${text}]`);
    return true;
  } catch {
    return false;
  }
}

export type ThresholdSpec = z.infer<typeof thresholdSpec>;
