import type { Refusal } from '@tapewatch/model';
import { Field, InterfaceType, ObjectType } from '@nestjs/graphql';

/** An expected failure, shown to whoever asked as a member of the field's union. */
@InterfaceType('Problem', { description: 'An expected failure.' })
export abstract class Problem {
  @Field(() => String, { description: 'Stable, for programs; docs/errors.md lists every code.' })
  readonly code: string;

  @Field(() => String, { description: 'For people: what is wrong, and how to mend it.' })
  readonly message: string;

  constructor(code: string, message: string) {
    this.code = code;
    this.message = message;
  }
}

@ObjectType('NotFound', { implements: () => [Problem], description: 'No object has this id or name.' })
export class NotFound extends Problem {}

@ObjectType('NotAllowed', {
  implements: () => [Problem],
  description: 'The role of the token or session does not allow it.',
})
export class NotAllowed extends Problem {}

@ObjectType('InvalidInput', { implements: () => [Problem], description: 'An argument is outside what is allowed.' })
export class InvalidInput extends Problem {
  @Field(() => String, {
    nullable: true,
    description: 'Which argument; for a query that cannot be read, the line:column of the fault.',
  })
  readonly path: string | undefined;

  constructor(code: string, message: string, path?: string) {
    super(code, message);
    this.path = path;
  }
}

@ObjectType('Conflict', {
  implements: () => [Problem],
  description: 'The object is in a state that does not allow the operation.',
})
export class Conflict extends Problem {}

@ObjectType('Unavailable', {
  implements: () => [Problem],
  description: 'It cannot be answered right now, or only within a limit; the message says which.',
})
export class Unavailable extends Problem {}

/** A refusal in the words of the schema. */
export function problemOf(refusal: Refusal): Problem {
  const { code, message, path } = refusal;
  switch (code) {
    case 'NOT_FOUND':
      return new NotFound(code, message);
    case 'CONFLICT':
      return new Conflict(code, message);
    case 'UNAVAILABLE':
    case 'QUERY_LIMIT':
      return new Unavailable(code, message);
    case 'INVALID_INPUT':
    case 'QUERY_INVALID':
    case 'QUERY_FAILED':
      return new InvalidInput(code, message, path);
  }
}
