import { Field, ID, ObjectType } from '@nestjs/graphql';
import type { Role } from '../../access/role.js';
import { DateTimeScalar } from '../date-time.scalar.js';
import { PageInfo } from '../paging.js';
import { InvalidInput, NotAllowed, NotFound } from '../problem.types.js';
import { resultUnion } from '../result.js';
import { RoleEnum } from './access-enums.js';

@ObjectType('Session', { description: 'A browser that is signed in.' })
export class SessionType {
  @Field(() => ID, { description: 'Its id.' })
  readonly id!: number;

  @Field(() => String, { description: 'Recorded as `by` of whatever is done in it.' })
  readonly who!: string;

  @Field(() => RoleEnum, { description: 'What it may do.' })
  readonly role!: Role;

  @Field(() => DateTimeScalar, { description: 'When it was opened.' })
  readonly createdAt!: number;

  @Field(() => DateTimeScalar, { description: 'When it ends at the latest; unused it ends after 30 days.' })
  readonly endsAt!: number;

  @Field(() => DateTimeScalar, { description: 'When it was used last, to the minute.' })
  readonly lastSeenAt!: number;

  @Field(() => String, { nullable: true, description: 'From where it was opened.' })
  readonly address!: string | undefined;
}

@ObjectType('SessionEdge', { description: 'A session and its place.' })
export class SessionEdge {
  @Field(() => String, { description: 'Hand it back as `after` to continue from here.' })
  readonly cursor!: string;

  @Field(() => SessionType, { description: 'The session.' })
  readonly node!: SessionType;
}

@ObjectType('SessionConnection', { description: 'A page of sessions, newest first.' })
export class SessionConnection {
  @Field(() => [SessionEdge], { description: 'The sessions of this page.' })
  readonly edges!: readonly SessionEdge[];

  @Field(() => PageInfo, { description: 'How to continue.' })
  readonly pageInfo!: PageInfo;
}

export const RevokeSessionResult = resultUnion(
  'RevokeSessionResult',
  'What became of a session to be ended.',
  SessionType,
  [NotFound, NotAllowed],
);

@ObjectType('SignInLink', { description: 'A link that opens a session, once.' })
export class SignInLinkType {
  @Field(() => String, { description: 'Open it in the browser that shall be signed in.' })
  readonly url!: string;

  @Field(() => DateTimeScalar, { description: 'Until when it is good; a restart of the server ends it, too.' })
  readonly expiresAt!: number;
}

export const SignInLinkResult = resultUnion('SignInLinkResult', 'What became of a link to be made.', SignInLinkType, [
  NotAllowed,
  InvalidInput,
]);

@ObjectType('Me', { description: 'Whoever asks.' })
export class MeType {
  @Field(() => String, { description: 'Recorded as `by` of whatever you do.' })
  readonly name!: string;

  @Field(() => RoleEnum, { description: 'What you may do.' })
  readonly role!: Role;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the token or session ends at the latest.' })
  readonly expiresAt!: number | undefined;
}
