import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { AuditEntry } from '@tapewatch/pipeline';
import type { Role } from '../../access/role.js';
import { DateTimeScalar } from '../date-time.scalar.js';
import { JsonScalar } from '../json.scalar.js';
import { PageInfo } from '../paging.js';
import { AuditOutcomeEnum, RoleEnum } from './access-enums.js';

@ObjectType('AuditEntry', { description: 'Something that somebody did, or wanted to do.' })
export class AuditEntryType {
  @Field(() => Int, { description: 'Its number, from 1 without gaps.' })
  readonly seq!: number;

  @Field(() => DateTimeScalar, { description: 'When.' })
  readonly at!: number;

  @Field(() => String, { description: 'Who; `anonymous` for whoever was not let in.' })
  readonly who!: string;

  @Field(() => RoleEnum, { nullable: true, description: 'The role they had.' })
  readonly role!: Role | undefined;

  @Field(() => String, { nullable: true, description: 'From where.' })
  readonly address!: string | undefined;

  @Field(() => String, { description: 'The operation, as the API names it.' })
  readonly what!: string;

  @Field(() => String, { nullable: true, description: 'On what.' })
  readonly target!: string | undefined;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'The arguments, and the target before and after, without secrets.',
  })
  readonly detail!: AuditEntry['detail'] | undefined;

  @Field(() => AuditOutcomeEnum, { description: 'How it ended.' })
  readonly outcome!: AuditEntry['outcome'];

  @Field(() => String, { nullable: true, description: 'Why it was not done.' })
  readonly code!: string | undefined;
}

@ObjectType('AuditEntryEdge', { description: 'An entry and its place.' })
export class AuditEntryEdge {
  @Field(() => String, { description: 'Hand it back as `after` to continue from here.' })
  readonly cursor!: string;

  @Field(() => AuditEntryType, { description: 'The entry.' })
  readonly node!: AuditEntryType;
}

@ObjectType('AuditEntryConnection', { description: 'A page of the audit log, newest first.' })
export class AuditEntryConnection {
  @Field(() => [AuditEntryEdge], { description: 'The entries of this page.' })
  readonly edges!: readonly AuditEntryEdge[];

  @Field(() => PageInfo, { description: 'How to continue.' })
  readonly pageInfo!: PageInfo;
}

@ObjectType('AuditVerification', { description: 'Whether the audit log is what was written.' })
export class AuditVerificationType {
  @Field(() => Boolean, { description: 'Whether no entry was changed, taken out or put in.' })
  readonly intact!: boolean;

  @Field(() => Int, { description: 'How many entries were read.' })
  readonly entries!: number;

  @Field(() => Int, { nullable: true, description: 'The first entry that is not what was written.' })
  readonly faultySeq!: number | undefined;

  @Field(() => String, { nullable: true, description: 'What is wrong with it.' })
  readonly fault!: string | undefined;
}
