import { Field, ID, ObjectType } from '@nestjs/graphql';
import type { Role } from '../../access/role.js';
import { DateTimeScalar } from '../date-time.scalar.js';
import { PageInfo } from '../paging.js';
import { Conflict, InvalidInput, NotAllowed, NotFound, Unavailable } from '../problem.types.js';
import { resultUnion } from '../result.js';
import { RoleEnum } from './access-enums.js';

@ObjectType('AccessToken', { description: 'A token of the API, without its secret, which was shown once.' })
export class AccessTokenType {
  @Field(() => ID, { description: 'Its id.' })
  readonly id!: number;

  @Field(() => String, { description: 'Its name, recorded as `by` of whatever is done with it.' })
  readonly name!: string;

  @Field(() => RoleEnum, { description: 'What it may do.' })
  readonly role!: Role;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt!: number;

  @Field(() => String, { description: 'Who made it.' })
  readonly createdBy!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it expires; null: it is valid until it is revoked.',
  })
  readonly expiresAt!: number | undefined;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was used last, to the minute.' })
  readonly lastUsedAt!: number | undefined;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was revoked.' })
  readonly revokedAt!: number | undefined;

  @Field(() => String, { nullable: true, description: 'Who revoked it.' })
  readonly revokedBy!: string | undefined;
}

@ObjectType('AccessTokenEdge', { description: 'A token and its place.' })
export class AccessTokenEdge {
  @Field(() => String, { description: 'Hand it back as `after` to continue from here.' })
  readonly cursor!: string;

  @Field(() => AccessTokenType, { description: 'The token.' })
  readonly node!: AccessTokenType;
}

@ObjectType('AccessTokenConnection', { description: 'A page of tokens, newest first.' })
export class AccessTokenConnection {
  @Field(() => [AccessTokenEdge], { description: 'The tokens of this page.' })
  readonly edges!: readonly AccessTokenEdge[];

  @Field(() => PageInfo, { description: 'How to continue.' })
  readonly pageInfo!: PageInfo;
}

@ObjectType('CreatedToken', { description: 'A new token. Nobody can read its secret later.' })
export class CreatedTokenType {
  @Field(() => AccessTokenType, { description: 'The token.' })
  readonly token!: AccessTokenType;

  @Field(() => String, { description: 'Send it as `Authorization: Bearer SECRET`. It is shown this once.' })
  readonly secret!: string;
}

export const CreateTokenResult = resultUnion(
  'CreateTokenResult',
  'What became of a token to be made.',
  CreatedTokenType,
  [NotAllowed, InvalidInput, Conflict, Unavailable],
);

export const RevokeTokenResult = resultUnion(
  'RevokeTokenResult',
  'What became of a token to be revoked.',
  AccessTokenType,
  [NotFound, NotAllowed, Unavailable],
);
