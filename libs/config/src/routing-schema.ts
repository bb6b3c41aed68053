import { z } from 'zod';
import { duration, flag, text } from './scalars.js';

/** A list of texts; as in Alertmanager, one alone may stand without the list. */
function texts() {
  return z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(text()));
}

const labelList = texts()
  .refine((labels) => !labels.includes('...') || labels.length === 1, {
    error: '"..." stands for all labels and must be alone.',
    params: { allowed: "label names, or ['...']" },
  })
  .refine((labels) => new Set(labels).size === labels.length, {
    error: 'A label is named twice.',
    params: { allowed: 'label names, each once' },
  });

const escalation = z.strictObject({ after: duration(1_000), receiver: text() });

/** Alertmanager's route, durations in milliseconds. */
export interface RawRoute {
  readonly receiver?: string | undefined;
  readonly matchers: readonly string[];
  /** Only in an imported file. */
  readonly match?: Readonly<Record<string, string>> | undefined;
  readonly match_re?: Readonly<Record<string, string>> | undefined;
  readonly continue: boolean;
  readonly group_by?: readonly string[] | undefined;
  readonly group_wait?: number | undefined;
  readonly group_interval?: number | undefined;
  readonly repeat_interval?: number | undefined;
  readonly mute_time_intervals: readonly string[];
  readonly active_time_intervals: readonly string[];
  /** Only in our own file. */
  readonly escalate?: readonly { readonly after: number; readonly receiver: string }[] | undefined;
  readonly routes: readonly RawRoute[];
}

const routeShape = {
  receiver: text().optional(),
  matchers: texts().default([]),
  continue: flag().default(false),
  group_by: labelList.optional(),
  group_wait: duration().optional(),
  group_interval: duration(1).optional(),
  repeat_interval: duration(1).optional(),
  mute_time_intervals: texts().default([]),
  active_time_intervals: texts().default([]),
};

export const route = z.strictObject({
  ...routeShape,
  escalate: z.array(escalation).optional(),
  routes: z.array(z.lazy((): z.ZodType<RawRoute> => route)).default([]),
});

const legacyName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'Not a label name.');
const legacyMatch = z.record(legacyName, z.string()).optional();

/** As an alertmanager.yml has it. */
export const importedRoute = z.strictObject({
  ...routeShape,
  match: legacyMatch,
  match_re: legacyMatch,
  labels: z.record(z.string(), z.string()).optional(),
  routes: z.array(z.lazy((): z.ZodType<RawRoute> => importedRoute)).default([]),
});

const inhibitShape = {
  name: text().optional(),
  source_matchers: texts().default([]),
  target_matchers: texts().default([]),
  equal: texts().default([]),
};

export const inhibitRule = z.strictObject(inhibitShape);

/** As an alertmanager.yml has it. */
export const importedInhibitRule = z.strictObject({
  ...inhibitShape,
  source_match: legacyMatch,
  source_match_re: legacyMatch,
  target_match: legacyMatch,
  target_match_re: legacyMatch,
});

/** Names with stretches of time, which are read by hand. */
export const timeIntervals = z.strictObject({ name: text(), time_intervals: z.array(z.unknown()).min(1) });

export type RawInhibitRule = z.output<typeof importedInhibitRule>;
