import { checkLevels } from '@tapewatch/plugin-sdk';
import { labelName, labelValues, levels, metricName, range } from '@tapewatch/plugin-sdk/zod';
import { z } from 'zod';

const bounds = {
  above: z.number('This is not a number.').min(0).optional().describe('Fires when they are further apart than this'),
  clear: z
    .number('This is not a number.')
    .min(0)
    .optional()
    .describe('Once it fires, it goes on until they are not further apart than this'),
};

const fields = z.strictObject({
  metric: metricName().default('exchange_ticker_last').describe('What is compared'),
  where: labelValues().optional().describe('Only series with these label values'),
  across: labelName().default('exchange').describe('The label that tells the venues apart'),
  venues: z.array(z.string().min(1)).min(2).optional().describe('Only these values of it; all when absent'),
  by: z
    .array(labelName())
    .min(1)
    .default(['symbol'])
    .describe('Labels that say what is the same thing on every venue; the quote currency is part of it'),
  fresh_within: range().default(10_000).describe('A price older than this is not compared'),
  age: z
    .union([metricName(), z.literal(false)])
    .optional()
    .describe(
      'The metric with the age of each price in seconds; exchange_ticker_age_seconds for a ticker, false for none: then the time of the newest sample counts',
    ),
  difference: z
    .enum(['relative', 'absolute'])
    .default('relative')
    .describe('relative: a ratio (0.02 is 2%); absolute: in the unit of the metric'),
  compare: z
    .enum(['extremes', 'median'])
    .default('extremes')
    .describe(
      'extremes: the highest with the lowest, one alert for each symbol, from two venues on; median: each venue with the median of all, one alert for each venue that is off, from three venues on',
    ),
  ...levels(bounds),
});

/** What a rule of the type `divergence` says beside its name, labels and times. */
export const divergenceSpec = fields.superRefine((spec, context) => {
  const issue = (path: readonly string[], message: string): void =>
    context.addIssue({ code: 'custom', path: [...path], message });
  checkLevels(spec, { limits: ['above'], example: 'above: 0.02' }, issue);
  if (spec.by.includes('base') && !spec.by.includes('quote'))
    issue(['by'], 'Prices in USD, USDT, USDC and KRW are not the same thing: add quote.');
  if (spec.by.includes(spec.across))
    issue(['by'], `The label ${spec.across} tells the venues apart, so it cannot say what is the same on all of them.`);
});

export type DivergenceSpec = z.infer<typeof divergenceSpec>;
export type Level = Pick<DivergenceSpec, keyof typeof bounds>;
