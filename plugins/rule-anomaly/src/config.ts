import { labelName, labelValues, metricName, range } from '@tapewatch/plugin-sdk/zod';
import { z } from 'zod';

const positive = z.number('This is not a number.').positive();
const bounds = {
  above: positive.optional().describe('Fires when the value is more than so many deviations from the usual one'),
  clear: positive
    .optional()
    .describe('Once it fires, it goes on until the value is not more than so many deviations away'),
};

const level = z.strictObject({
  ...bounds,
  for: range().optional().describe('How long it must hold at this level, instead of the for of the rule'),
});

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
  ...bounds,
  warning: level.optional().describe('The threshold of alerts with the severity warning'),
  critical: level.optional().describe('The threshold of alerts with the severity critical; it supersedes the warning'),
});

export type Level = z.infer<typeof level>;

/** What a rule of the type `anomaly` says beside its name, labels and times. */
export const anomalySpec = fields.superRefine((spec, context) => {
  const issue = (path: readonly string[], message: string): void =>
    context.addIssue({ code: 'custom', path: [...path], message });
  const levels = (['warning', 'critical'] as const).filter((severity) => spec[severity] !== undefined);
  if (levels.length === 0) checkLevel(spec, [], issue);
  else if (spec.above !== undefined || spec.clear !== undefined)
    issue(['above'], `There is a threshold beside ${levels.join(' and ')}: put it into one of them.`);
  for (const severity of levels) checkLevel(spec[severity] ?? {}, [severity], issue);
  const { warning, critical } = spec;
  if (warning?.above !== undefined && critical?.above !== undefined && critical.above <= warning.above)
    issue(['critical', 'above'], `The critical threshold must be above that of the warning (${warning.above}).`);
  if (spec.rate !== undefined && spec.rate >= spec.window)
    issue(['window'], 'The window must be longer than that of the rate.');
});

function checkLevel(
  { above, clear }: Partial<Level>,
  path: readonly string[],
  issue: (path: readonly string[], message: string) => void,
): void {
  if (above === undefined)
    return issue(path, 'A threshold is missing: add above, as in above: 4, or critical and warning.');
  if (clear !== undefined && clear > above)
    issue([...path, 'clear'], `The threshold to clear must be lower than that to fire (above: ${above}).`);
}

export type AnomalySpec = z.infer<typeof anomalySpec>;
