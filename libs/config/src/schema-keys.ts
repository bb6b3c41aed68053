import type { TreePath } from './path.js';

/** As much of a zod 4 schema's own description as is needed to list the keys of an object in it. */
interface SchemaDefinition {
  readonly type?: string;
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly element?: unknown;
  readonly innerType?: unknown;
  readonly valueType?: unknown;
  readonly catchall?: unknown;
  readonly in?: unknown;
  readonly out?: unknown;
  readonly options?: readonly unknown[];
  readonly getter?: () => unknown;
}

/** The keys that a zod schema knows at a path, for "did you mean"; empty for any other Standard Schema and where none are fixed. */
export function knownKeysOf(schema: unknown): (path: TreePath) => readonly string[] {
  return (path) => {
    let candidates = objectsOf(schema);
    for (const key of path) candidates = candidates.flatMap((candidate) => childrenOf(candidate, key));
    return [...new Set(candidates.flatMap((candidate) => Object.keys(candidate.shape ?? {})))];
  };
}

/** The definitions behind wrappers, pipes and unions. */
function objectsOf(schema: unknown): readonly SchemaDefinition[] {
  const definition = definitionOf(schema);
  if (definition === undefined) return [];
  if (definition.innerType !== undefined) return objectsOf(definition.innerType);
  if (definition.getter !== undefined) return objectsOf(definition.getter());
  if (definition.options !== undefined) return definition.options.flatMap(objectsOf);
  if (definition.type === 'pipe') {
    return definitionOf(definition.in)?.type === 'transform' ? objectsOf(definition.out) : objectsOf(definition.in);
  }
  return [definition];
}

function childrenOf(definition: SchemaDefinition, key: string | number): readonly SchemaDefinition[] {
  if (definition.type === 'array') return objectsOf(definition.element);
  if (definition.type === 'record') return objectsOf(definition.valueType);
  if (definition.shape !== undefined && Object.hasOwn(definition.shape, key)) return objectsOf(definition.shape[key]);
  return objectsOf(definition.catchall);
}

function definitionOf(schema: unknown): SchemaDefinition | undefined {
  if (typeof schema !== 'object' || schema === null || !('_zod' in schema)) return undefined;
  const internals = schema._zod;
  if (typeof internals !== 'object' || internals === null || !('def' in internals)) return undefined;
  return internals.def as SchemaDefinition;
}
