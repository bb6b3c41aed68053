import { languages, parseDuration, type Language } from '@tapewatch/model';
import { z } from 'zod';
import { Secret } from './secret.js';

/** A text that must not be seen; the plugin gets a `Secret`. @public */
export function secret(): z.ZodType<Secret, string> {
  return z
    .string()
    .min(1)
    .transform((value) => new Secret(value))
    .meta({ format: 'password', writeOnly: true });
}

/** An http(s) URL that carries a token, as webhooks do; the plugin gets a `Secret`. @public */
export function secretUrl(): z.ZodType<Secret, string> {
  return z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .transform((value) => new Secret(value))
    .meta({ format: 'password', writeOnly: true });
}

/** A duration as Prometheus writes it (`30s`, `1h30m`); the plugin gets milliseconds. @public */
export function duration(): z.ZodType<number, string> {
  return z
    .string()
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== undefined) return ms;
      context.addIssue({ code: 'custom', message: 'must be a duration such as 500ms, 30s, 5m or 1h30m' });
      return z.NEVER;
    })
    .meta({ examples: ['30s'] });
}

const sizeUnits: Readonly<Record<string, number>> = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };

/** A size as Prometheus writes it (`512MB`, powers of 1024); the plugin gets bytes. @public */
export function size(): z.ZodType<number, string> {
  return z
    .string()
    .transform((text, context) => {
      const parts = /^(\d+(?:\.\d+)?)(B|KB|MB|GB|TB)$/.exec(text);
      if (parts !== null) return Math.round(Number(parts[1]) * (sizeUnits[parts[2] as string] as number));
      context.addIssue({ code: 'custom', message: 'must be a size such as 512KB or 128MB' });
      return z.NEVER;
    })
    .meta({ examples: ['128MB'] });
}

/** In which language a channel speaks; left out, the program's own. @public */
export function language(): z.ZodOptional<z.ZodType<Language, Language>> {
  return z.enum(languages).optional();
}

/** The name of a metric as PromQL writes it without quotes. @public */
export function metricName(): z.ZodString {
  return z
    .string()
    .regex(
      /^[a-zA-Z_:][a-zA-Z0-9_:]*$/,
      'This is not a metric name; write it as PromQL knows it, as in exchange_feed_age_seconds.',
    );
}

const labelPattern = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const labelMessage = 'This is not a label name; letters, digits and _ are allowed.';

/** The name of a label as PromQL writes it without quotes. @public */
export function labelName(): z.ZodString {
  return z.string().regex(labelPattern, labelMessage);
}

/** Label values that a series must have, by label; numbers and true or false may stand without quotes. @public */
export function labelValues(): z.ZodType<Record<string, string>, Record<string, string | number | boolean>> {
  return z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
    .refine((where) => Object.keys(where).every((name) => labelPattern.test(name)), labelMessage);
}

/** A duration above zero, as the brackets of a range have it; the plugin gets milliseconds. @public */
export function range(): z.ZodType<number, string> {
  return z
    .string()
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== undefined && ms > 0) return ms;
      const message = 'This is not a duration above zero; write it as in 30s, 5m or 1h30m.';
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .meta({ examples: ['30s'] });
}

/** Thresholds (`bounds`) with `for` in place of that of the rule. @public */
export type LevelSchema<Thresholds extends z.ZodRawShape> = z.ZodOptional<
  z.ZodObject<Thresholds & { for: z.ZodOptional<z.ZodType<number, string>> }, z.core.$strict>
>;

/**
 * The fields of a rule kind whose threshold may stand above, or once for each severity; `checkLevels` says what cannot be among them, and
 * `compileLevels` makes rules of them.
 * @example
 * const slippage = z
 *   .strictObject({ symbol: z.string(), ...levels({ above: z.number().optional(), clear: z.number().optional() }) })
 *   .superRefine((spec, context) =>
 *     checkLevels(spec, { limits: ['above'], example: 'above: 0.002' }, (path, message) =>
 *       context.addIssue({ code: 'custom', path: [...path], message }),
 *     ),
 *   );
 * @public
 */
export function levels<Thresholds extends z.ZodRawShape>(
  bounds: Thresholds,
): Thresholds & { warning: LevelSchema<Thresholds>; critical: LevelSchema<Thresholds> } {
  const level = z
    .strictObject({
      ...bounds,
      for: range().optional().describe('How long it must hold at this level, instead of the for of the rule'),
    })
    .optional();
  return {
    ...bounds,
    warning: level.describe('The threshold of alerts with the severity warning'),
    critical: level.describe('The threshold of alerts with the severity critical; it supersedes the warning'),
  };
}
