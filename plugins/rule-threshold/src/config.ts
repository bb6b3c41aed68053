import { labelName, labelValues, metricName, range } from '@tapewatch/plugin-sdk/zod';
import { z } from 'zod';

/** How the samples of the window `over` become one value. */
export const aggregates = ['avg', 'max', 'min', 'sum', 'last', 'rate', 'increase'] as const;
export type Aggregate = (typeof aggregates)[number];

export const limits = ['above', 'below', 'at_least', 'at_most'] as const;
export type Limit = (typeof limits)[number];

const number = z.number('This is not a number.').optional();

/** Where a rule fires, and where it clears. */
const bounds = {
  above: number.describe('Fires above this'),
  below: number.describe('Fires below this'),
  at_least: number.describe('Fires at or above this'),
  at_most: number.describe('Fires at or below this'),
  clear: number.describe('Once it fires, it goes on until it is no longer above (below, at least, at most) this'),
};

const level = z.strictObject({
  ...bounds,
  for: range().optional().describe('How long it must hold at this level, instead of the for of the rule'),
});

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
  ...bounds,
  warning: level.optional().describe('The threshold of alerts with the severity warning'),
  critical: level.optional().describe('The threshold of alerts with the severity critical; it supersedes the warning'),
  matches: z
    .strictObject({
      times: z.int().min(1).describe('So many of them'),
      of: z.int().min(2).max(3600).describe('The newest evaluations that count'),
    })
    .refine(({ times, of }) => times <= of, 'This cannot be: times is more than of.')
    .optional()
    .describe('Fires when so many of the newest evaluations were beyond the threshold, instead of the newest one'),
});

export type Level = z.infer<typeof level>;

/** What a rule of the type `threshold` says beside its name, labels and times. */
export const thresholdSpec = fields.superRefine((spec, context) => {
  const issue = (path: readonly string[], message: string): void =>
    context.addIssue({ code: 'custom', path: [...path], message });
  const levels = (['warning', 'critical'] as const).filter((severity) => spec[severity] !== undefined);
  if (levels.length === 0) checkBounds(spec, [], issue);
  else if ([...limits, 'clear' as const].some((field) => spec[field] !== undefined))
    issue([], `There is a threshold beside ${levels.join(' and ')}: put it into one of them.`);
  for (const severity of levels) checkBounds(spec[severity] ?? {}, [severity], issue);
  checkOrder(spec.warning, spec.critical, issue);
  if (spec.aggregate !== undefined && spec.over === undefined)
    issue(['aggregate'], 'An aggregate needs a window: add over, as in over: 30s.');
});

type Issue = (path: readonly string[], message: string) => void;
type Bounds = Partial<Record<Limit | 'clear', number | undefined>>;

/** The limit of a checked level and its number. */
export function limitOf(bounds: Bounds): { readonly limit: Limit; readonly value: number } {
  for (const limit of limits) {
    const value = bounds[limit];
    if (value !== undefined) return { limit, value };
  }
  throw new Error(`A threshold is missing: add one of ${limits.join(', ')}.`);
}

function checkBounds(bounds: Bounds, path: readonly string[], issue: Issue): void {
  const given = limits.filter((limit) => bounds[limit] !== undefined);
  if (given.length === 0)
    return issue(
      path,
      `A threshold is missing: add one of ${limits.join(', ')}, as in above: 10, or critical and warning.`,
    );
  if (given.length > 1)
    return issue(
      [...path, given[1] as string],
      `There are ${given.length} thresholds (${given.join(', ')}): keep one, and write another rule for the other.`,
    );
  const { limit, value } = limitOf(bounds);
  if (bounds.clear === undefined || isBeyond(limit, value, bounds.clear) || value === bounds.clear) return;
  const side = isUpward(limit) ? 'lower' : 'higher';
  issue([...path, 'clear'], `The threshold to clear must be ${side} than that to fire (${limit}: ${value}).`);
}

function checkOrder(warning: Bounds | undefined, critical: Bounds | undefined, issue: Issue): void {
  if (warning === undefined || critical === undefined) return;
  const [lesser, worse] = [warning, critical].map((bounds) => limits.find((limit) => bounds[limit] !== undefined));
  if (lesser === undefined || worse === undefined) return;
  if (isUpward(lesser) !== isUpward(worse))
    return issue(['critical', worse], `The levels look in different directions: warning has ${lesser}.`);
  if (!isBeyond(worse, limitOf(critical).value, limitOf(warning).value))
    issue(
      ['critical', worse],
      `The critical threshold must be beyond that of the warning (${limitOf(warning).value}).`,
    );
}

function isUpward(limit: Limit): boolean {
  return limit === 'above' || limit === 'at_least';
}

/** Whether a value lies further out than another one. */
function isBeyond(limit: Limit, value: number, other: number): boolean {
  return isUpward(limit) ? value > other : value < other;
}

export type ThresholdSpec = z.infer<typeof thresholdSpec>;
