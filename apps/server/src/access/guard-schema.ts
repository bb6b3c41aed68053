import type { GraphQLField, GraphQLFieldResolver, GraphQLNamedType, GraphQLSchema } from 'graphql';
import { getNamedType, GraphQLError, isUnionType } from 'graphql';
import { NotAllowed } from '../graphql/problem.types.js';
import type { RequestContext } from '../graphql/request-context.js';
import { operationRoles } from './operation-roles.js';
import type { AuditTrail } from './audit-trail.js';
import type { Needed } from './role.js';
import { allows, roleText } from './role.js';

type Field = GraphQLField<unknown, Partial<RequestContext>>;
type Resolver = GraphQLFieldResolver<unknown, Partial<RequestContext>>;

/**
 * Puts the check of the role in front of every operation, and the audit log around every mutation, refused ones included. Throws when an operation has no role: none is open by
 * omission.
 */
export function guardSchema(schema: GraphQLSchema, trail: Pick<AuditTrail, 'follow'>): GraphQLSchema {
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    const fields: readonly Field[] = Object.values(type?.getFields() ?? {});
    for (const field of fields) {
      const operation = `${type?.name ?? ''}.${field.name}`;
      const role = operationRoles[operation];
      if (role === undefined) throw new Error(`No role is set for ${operation}; add it to operation-roles.ts`);
      guardField(field, role, type === schema.getSubscriptionType());
      if (type === schema.getMutationType()) followField(field, trail);
    }
  }
  return schema;
}

function guardField(field: Field, needed: Needed, isSubscription: boolean): void {
  const open = isSubscription ? field.subscribe : field.resolve;
  if (open === undefined) throw new Error(`${field.name} has no resolver`);
  const guarded = guard(open, needed, refusalIn(getNamedType(field.type)));
  if (isSubscription) field.subscribe = guarded;
  else field.resolve = guarded;
}

function guard(open: Resolver, needed: Needed, refuse: (message: string) => unknown): Resolver {
  return (source, args, context, info) => {
    if (context.principal === undefined) {
      throw new GraphQLError('Nobody is signed in', { extensions: { code: 'UNAUTHENTICATED' } });
    }
    if (!allows(context.principal.role, needed)) return refuse(`This needs the role ${roleText(needed)}`);
    return open(source, args, context, info);
  };
}

function followField(field: Field, trail: Pick<AuditTrail, 'follow'>): void {
  const open = field.resolve;
  field.resolve = (source, args: Readonly<Record<string, unknown>>, context, info) => {
    const { principal, address } = context;
    const work = (): unknown => open?.(source, args, context, info);
    if (principal === undefined) return work();
    return trail.follow({ what: field.name, args, principal, ...(address === undefined ? {} : { address }) }, work);
  };
}

/** Where the answer is a union that knows the refusal, it is an answer; else it is an error. */
function refusalIn(type: GraphQLNamedType): (message: string) => unknown {
  const isExpected = isUnionType(type) && type.getTypes().some((member) => member.name === 'NotAllowed');
  if (isExpected) return (message) => new NotAllowed('NOT_ALLOWED', message);
  return (message) => {
    throw new GraphQLError(message, { extensions: { code: 'NOT_ALLOWED' } });
  };
}
