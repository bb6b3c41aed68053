import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import 'reflect-metadata';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { NestFactory } from '@nestjs/core';
import { RecordingLogger } from '@tapewatch/model/testing';
import { systemClock } from '@tapewatch/model';
import type { GraphQLField, GraphQLInputField, GraphQLSchema } from 'graphql';
import { isIntrospectionType, isScalarType, isSpecifiedScalarType, printSchema } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { openAccess } from '@tapewatch/pipeline/access';
import { createAccess } from './access/create-access.js';
import { ServerModule } from './server.module.js';
import { FakePipeline } from './testing/fake-pipeline/fake-pipeline.js';

const file = join(import.meta.dirname, '../../../schema.graphql');
const head =
  '# Generated from apps/server; UPDATE_SCHEMA=1 npx vitest run --project server schema.test.ts writes it anew.\n\n';

describe('schema', () => {
  let schema: GraphQLSchema;
  beforeAll(async () => {
    schema = await buildSchema();
  });

  it('is the one in schema.graphql', async () => {
    const text = `${head}${printSchema(schema)}\n`;
    if (process.env['UPDATE_SCHEMA'] === '1') await writeFile(file, text);
    const committed = await readFile(file, 'utf8').catch(() => '');
    expect(committed, 'schema.graphql is stale: UPDATE_SCHEMA=1 npx vitest run --project server schema.test.ts').toBe(
      text,
    );
  });

  it('describes every type, field, argument and enum value', () => {
    expect(undescribed(schema)).toEqual([]);
  });
});

async function buildSchema(): Promise<GraphQLSchema> {
  const logger = new RecordingLogger();
  const { access, close } = await openAccess({ clock: systemClock, logger });
  const pipeline = new FakePipeline(access);
  const options = {
    pipeline,
    listen: { host: '127.0.0.1', port: 0 },
    dataDir: '',
    clock: systemClock,
    logger,
    version: '',
    runbooksDir: '',
  };
  const parts = await createAccess({
    ...{ pipeline, adminToken: 'x', localToken: 'y', clock: systemClock, url: () => '' },
    listening: { proxiesOnly: false },
  });
  const app = await NestFactory.create(ServerModule.create(options, parts), { logger: false, abortOnError: false });
  await app.init();
  await close();
  return app.get(GraphQLSchemaHost).schema;
}

function undescribed(schema: GraphQLSchema): string[] {
  const missing: string[] = [];
  const check = (name: string, described: { readonly description?: string | null | undefined }): void => {
    if (described.description == null || described.description === '') missing.push(name);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || (isScalarType(type) && isSpecifiedScalarType(type))) continue;
    const isRoot = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].some(
      (root) => root === type,
    );
    if (!isRoot) check(type.name, type);
    if ('getValues' in type) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value);
    if (!('getFields' in type)) continue;
    const fields: readonly (GraphQLField<unknown, unknown> | GraphQLInputField)[] = Object.values(type.getFields());
    for (const field of fields) {
      check(`${type.name}.${field.name}`, field);
      if ('args' in field)
        for (const argument of field.args) check(`${type.name}.${field.name}(${argument.name})`, argument);
    }
  }
  return missing;
}
