import type { StandardSchemaV1 } from '@standard-schema/spec';

/**
 * A schema of anything that speaks Standard Schema v1 (zod 4, Valibot, ArkType ...). Where it also speaks Standard JSON Schema,
 * editors and the API get the JSON Schema from it.
 * @public
 */
export type ConfigSchema<Config> = StandardSchemaV1<unknown, Config>;
