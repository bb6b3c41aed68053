import type { Locate } from '@tapewatch/config';
import type { Problem } from '@tapewatch/model';
import type { ConfigSchema } from '@tapewatch/plugin-sdk';

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads a plugin's part of the config by the plugin's own schema; faults come with their place in the file. */
export async function parseConfig<T>(
  schema: ConfigSchema<T>,
  value: unknown,
  place: { readonly path: readonly (string | number)[]; readonly locate: Locate },
): Promise<Parsed<T>> {
  const result = await schema['~standard'].validate(value ?? {});
  if (result.issues === undefined) return { ok: true, value: result.value };
  const problems = result.issues.map((issue): Problem => {
    const inside = (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment)).filter((key) => typeof key !== 'symbol');
    const path = [...place.path, ...inside];
    return { code: 'CONFIG_INVALID_VALUE', message: issue.message, path: formatPath(path), ...place.locate(path) };
  });
  return { ok: false, problems };
}

/** The JSON Schema, where the schema library offers one (Standard JSON Schema; zod 4 does). */
export function jsonSchemaOf(schema: ConfigSchema<unknown>): unknown {
  const standard = schema['~standard'] as { jsonSchema?: { input(options: { target: string }): unknown } };
  try {
    return standard.jsonSchema?.input({ target: 'draft-2020-12' }) ?? null;
  } catch {
    // A schema may hold what JSON Schema cannot say; then there is none, and the plugin works all the same.
    return null;
  }
}

/** `['a', 0, 'b']` as `a[0].b`. */
export function formatPath(path: readonly (string | number)[]): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');
}
