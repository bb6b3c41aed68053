import { problemsFromSchema, type Locate, type TreePath } from '@tapewatch/config';
import type { Problem } from '@tapewatch/model';
import type { ConfigSchema } from '@tapewatch/plugin-sdk';

export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads a plugin's part of the config by the plugin's own schema; faults come with their place in the file. */
export async function parseConfig<T>(
  schema: ConfigSchema<T>,
  value: unknown,
  place: { readonly path: TreePath; readonly locate: Locate },
): Promise<Parsed<T>> {
  const input = value ?? {};
  const result = await schema['~standard'].validate(input);
  if (result.issues === undefined) return { ok: true, value: result.value };
  const knownKeys = (path: TreePath): readonly string[] => (path.length === 0 ? topLevelKeys(schema) : []);
  return {
    ok: false,
    problems: problemsFromSchema(result.issues, { locate: place.locate, at: place.path, input, knownKeys }),
  };
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

function topLevelKeys(schema: ConfigSchema<unknown>): readonly string[] {
  const { properties } = (jsonSchemaOf(schema) ?? {}) as { properties?: Readonly<Record<string, unknown>> };
  return Object.keys(properties ?? {});
}
