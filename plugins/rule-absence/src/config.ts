import { labelName, labelValues, metricName, range } from '@tapewatch/plugin-sdk/zod';
import { z } from 'zod';

const hourMs = 3_600_000;

const fields = z.strictObject({
  metric: metricName().describe('The metric, by its name in PromQL'),
  where: labelValues().optional().describe('Only series with these label values'),
  by: z
    .array(labelName())
    .min(1)
    .optional()
    .describe(
      'One alert for each combination of these labels of which no series is left, instead of one for each series',
    ),
  within: range().describe('Fires when the newest sample is older than this'),
  remembered: range().optional().describe('For how long a series that is gone is missed; 1h when absent'),
  expected: z
    .array(labelValues().refine((labels) => Object.keys(labels).length > 0, 'Name at least one label.'))
    .min(1)
    .optional()
    .describe('Series that must be there even if they have never been seen, each by some of its labels'),
});

/** What a rule of the type `absence` says beside its name, labels and times. */
export const absenceSpec = fields
  .transform((spec) => ({ ...spec, remembered: spec.remembered ?? hourMs }))
  .superRefine(({ within, remembered, where = {}, expected = [] }, context) => {
    if (remembered <= within)
      context.addIssue({
        code: 'custom',
        path: ['remembered'],
        message: 'A series must be remembered for longer than it may be silent: raise remembered (1h when absent).',
      });
    for (const [i, labels] of expected.entries())
      for (const name of Object.keys(labels))
        if (name in where)
          context.addIssue({
            code: 'custom',
            path: ['expected', i, name],
            message: `The label ${name} is fixed by where already: leave it out here.`,
          });
  });

export type AbsenceSpec = z.infer<typeof absenceSpec>;
