import type { GraphQLField, GraphQLInputType, GraphQLSchema } from 'graphql';
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

export interface ExampleOperation {
  /** `Mutation.acknowledgeAlert` */
  readonly operation: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly field: string;
  /** A valid document that asks for nothing but this field, with arguments made up. */
  readonly document: string;
}

/** One document for every operation of a schema. */
export function everyOperation(schema: GraphQLSchema): readonly ExampleOperation[] {
  return (['query', 'mutation', 'subscription'] as const).flatMap((kind) => {
    const type = {
      query: schema.getQueryType(),
      mutation: schema.getMutationType(),
      subscription: schema.getSubscriptionType(),
    }[kind];
    return Object.values(type?.getFields() ?? {}).map((field) => ({
      operation: `${type?.name ?? ''}.${field.name}`,
      kind,
      field: field.name,
      document: `${kind} { ${callOf(field)} }`,
    }));
  });
}

function callOf(field: GraphQLField<unknown, unknown>): string {
  const required = field.args.filter(isRequiredArgument).map(({ name, type }) => `${name}: ${valueFor(type)}`);
  const given = required.length === 0 ? '' : `(${required.join(', ')})`;
  return `${field.name}${given}${isLeafType(getNamedType(field.type)) ? '' : ' { __typename }'}`;
}

function valueFor(type: GraphQLInputType): string {
  if (isNonNullType(type)) return valueFor(type.ofType);
  if (isListType(type)) return `[${valueFor(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${fields.map((field) => `${field.name}: ${valueFor(field.type)}`).join(', ')} }`;
  }
  const examples: Readonly<Record<string, string>> = {
    Boolean: 'true',
    DateTime: '"2026-01-31T09:30:00.000Z"',
    Decimal: '"1"',
    Duration: '"1m"',
    Float: '1',
    Int: '1',
    JSON: '{}',
  };
  return examples[type.name] ?? '"a1"';
}
