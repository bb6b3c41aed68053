import { createUnionType } from '@nestjs/graphql';
import type { CommandResult, Refusal } from '@tapewatch/model';
import { GraphQLError } from 'graphql';
import { InvalidInput, Problem, problemOf } from './problem.types.js';

type ObjectClass = new (...args: never[]) => object;

/** What a field of a union type returns: the thing itself, or the problem in its place. */
export function answer<T>(result: CommandResult<T>): T | Problem {
  return result.ok ? result.value : problemOf(result.refusal);
}

/** What a field without a union returns: the thing itself, or a GraphQL error in its place. */
export function valueOf<T>(result: CommandResult<T>): T {
  if (result.ok) return result.value;
  throw errorOf(problemOf(result.refusal));
}

/** Throws the GraphQL error for an argument outside what is allowed. */
export function refuseInput(path: string, message: string): never {
  throw errorOf(problemOf({ code: 'INVALID_INPUT', message, path } satisfies Refusal));
}

/** `code` is the word clients of Apollo know; `problem` is the one in docs/errors.md. */
export function errorOf(problem: Problem): GraphQLError {
  const isInput = problem instanceof InvalidInput;
  return new GraphQLError(problem.message, {
    extensions: {
      code: isInput ? 'BAD_USER_INPUT' : problem.code,
      problem: problem.code,
      ...(isInput && problem.path !== undefined ? { path: problem.path } : {}),
    },
  });
}

/** A union of `success` and the problems expected of it; a problem that is not among them becomes a GraphQL error. */
export function resultUnion(
  name: string,
  description: string,
  success: ObjectClass,
  problems: readonly ObjectClass[],
): object {
  return createUnionType({
    name,
    description,
    types: () => [success, ...problems] as const,
    resolveType(value: unknown): ObjectClass {
      if (!(value instanceof Problem)) return success;
      const type = problems.find((candidate) => value instanceof candidate);
      if (type === undefined) throw errorOf(value);
      return type;
    },
  }) as object;
}
