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
