import { checkLevels } from '@tapewatch/plugin-sdk';
import { labelName, labelValues, levels, metricName, range } from '@tapewatch/plugin-sdk/zod';
import { z } from 'zod';

const positive = z.number('This is not a number.').positive();
const bounds = {
  above: positive.optional().describe('Fires when the value is more than so many deviations from the usual one'),
  clear: positive
    .optional()
    .describe('Once it fires, it goes on until the value is not more than so many deviations away'),
};

const fields = z.strictObject({
  metric: metricName().describe('The metric, by its name in PromQL'),
  where: labelValues().optional().describe('Only series with these label values'),
  rate: range().optional().describe('For a counter: its growth per second over this window is the value'),
  by: z
    .array(labelName())
    .min(1)
    .optional()
    .describe('One alert for each combination of these labels; the values of their series are added up'),
  window: range().describe('The past that says what is usual; the value that is judged is not part of it'),
  method: z
    .enum(['zscore', 'mad'])
    .default('zscore')
    .describe(
      'zscore: distance from the mean in standard deviations; mad: distance from the median in median absolute deviations (times 1.4826), which outliers in the window cannot hide',
    ),
  direction: z.enum(['both', 'up', 'down']).default('both').describe('Which way a value may be unusual'),
  min_samples: z.int().min(2).default(30).describe('Says nothing while the window has fewer samples than this'),
  min_deviation: positive.optional().describe('A deviation counts as at least this, in the unit of the metric'),
  min_deviation_ratio: positive
    .optional()
    .describe('A deviation counts as at least this share of the usual value; 0.001 when neither floor is given'),
  ...levels(bounds),
});

/** What a rule of the type `anomaly` says beside its name, labels and times. */
export const anomalySpec = fields.superRefine((spec, context) => {
  const issue = (path: readonly string[], message: string): void =>
    context.addIssue({ code: 'custom', path: [...path], message });
  checkLevels(spec, { limits: ['above'], example: 'above: 4' }, issue);
  if (spec.rate !== undefined && spec.rate >= spec.window)
    issue(['window'], 'The window must be longer than that of the rate.');
});

export type AnomalySpec = z.infer<typeof anomalySpec>;
export type Level = Pick<AnomalySpec, keyof typeof bounds>;
