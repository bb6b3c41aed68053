import { Inject } from '@nestjs/common';
import { Args, Context, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Clock } from '@tapewatch/model';
import type { AccessToken, Actor, AuditEntry, CreatedToken, Pipeline, Session } from '@tapewatch/pipeline';
import type { AccessParts } from '../../access/create-access.js';
import type { Principal, Role } from '../../access/role.js';
import { ACCESS, CLOCK, PIPELINE } from '../../tokens.js';
import { DateTimeScalar } from '../date-time.scalar.js';
import { DurationScalar } from '../duration.scalar.js';
import type { Connection } from '../paging.js';
import { connectionOf, pageRequest } from '../paging.js';
import type { Problem } from '../problem.types.js';
import { InvalidInput } from '../problem.types.js';
import { answer, valueOf } from '../result.js';
import { AccessTokenConnection, CreateTokenResult, RevokeTokenResult } from './access-token.types.js';
import { RoleEnum } from './access-enums.js';
import { AuditEntryConnection, AuditVerificationType } from './audit.types.js';
import { pageOfList } from './page-of-list.js';
import { MeType, RevokeSessionResult, SessionConnection, SignInLinkResult } from './session.types.js';

const linkLifeMs = 15 * 60_000;

@Resolver()
export class AccessResolver {
  constructor(
    @Inject(PIPELINE) private readonly pipeline: Pipeline,
    @Inject(ACCESS) private readonly parts: AccessParts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Query(() => MeType, { description: 'Whoever asks.' })
  me(@Context('principal') principal: Principal): Principal {
    return principal;
  }

  @Query(() => AccessTokenConnection, {
    description: 'Tokens, newest first; the admin’s own is none of them. Needs the role admin.',
  })
  tokens(
    @Args('revoked', {
      type: () => Boolean,
      nullable: true,
      defaultValue: false,
      description: 'Those that were revoked, too.',
    })
    revoked: boolean | null,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: 'At most this many, 1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true, description: 'The `endCursor` of the page before.' })
    after: string | null | undefined,
  ): Connection<AccessToken> {
    const all = this.pipeline.read.tokens();
    const shown = revoked === true ? all : all.filter(({ revokedAt }) => revokedAt === undefined);
    return connectionOf(pageOfList(shown, pageRequest(first, after, 50)));
  }

  @Query(() => SessionConnection, { description: 'Browsers that are signed in, newest first. Needs the role admin.' })
  sessions(
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: 'At most this many, 1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true, description: 'The `endCursor` of the page before.' })
    after: string | null | undefined,
  ): Connection<Session> {
    return connectionOf(pageOfList(this.pipeline.read.sessions(), pageRequest(first, after, 50)));
  }

  @Query(() => AuditEntryConnection, {
    description: 'Who changed what, or wanted to, newest first. Needs the role admin.',
  })
  async audit(
    @Args('since', { type: () => DateTimeScalar, nullable: true, description: 'At or after.' })
    since: number | null | undefined,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: 'At most this many, 1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true, description: 'The `endCursor` of the page before.' })
    after: string | null | undefined,
  ): Promise<Connection<AuditEntry>> {
    const request = { ...pageRequest(first, after, 50), ...(since == null ? {} : { since }) };
    return connectionOf(valueOf(await this.pipeline.read.audit(request)));
  }

  @Query(() => AuditVerificationType, {
    description: 'Reads the whole audit log and finds what was changed or taken out. Needs the role admin.',
  })
  async auditVerification(): Promise<object> {
    const { fault, ...verification } = await this.pipeline.read.verifyAudit();
    return { ...verification, ...(fault === undefined ? {} : { faultySeq: fault.seq, fault: fault.message }) };
  }

  @Mutation(() => CreateTokenResult, { description: 'Makes a token. Needs the role admin.' })
  async createToken(
    @Args('name', {
      type: () => String,
      description: 'Recorded as `by` of whatever is done with it; up to 64 letters, digits and _ . @ -.',
    })
    name: string,
    @Args('role', { type: () => RoleEnum, description: 'What it may do.' }) role: Role,
    @Args('expiresIn', {
      type: () => DurationScalar,
      nullable: true,
      description: 'How long it is valid; left out, until it is revoked.',
    })
    expiresIn: number | null | undefined,
    @Context() context: { readonly principal: Principal; readonly address?: string },
  ): Promise<CreatedToken | Problem> {
    const expiresAt = expiresIn == null ? undefined : this.clock.now() + expiresIn;
    if (expiresAt !== undefined && expiresAt > 8.64e15)
      return new InvalidInput('INVALID_INPUT', 'The token would expire later than there are dates', 'expiresIn');
    const wanted = { name, role, ...(expiresAt === undefined ? {} : { expiresAt }) };
    return answer(await this.pipeline.commands.createToken(wanted, actorOf(context)));
  }

  @Mutation(() => RevokeTokenResult, {
    description: 'Ends a token, with its sessions and open subscriptions, at once. Needs the role admin.',
  })
  async revokeToken(
    @Args('name', { type: () => String, description: 'Its name.' }) name: string,
    @Context() context: { readonly principal: Principal; readonly address?: string },
  ): Promise<AccessToken | Problem> {
    return answer(await this.pipeline.commands.revokeToken(name, actorOf(context)));
  }

  @Mutation(() => RevokeSessionResult, {
    description: 'Signs a browser out, with its open subscriptions, at once. Needs the role admin.',
  })
  revokeSession(
    @Args('id', { type: () => ID, description: 'The session’s id.' }) id: string,
    @Context() context: { readonly principal: Principal; readonly address?: string },
  ): Session | Problem {
    const number = /^\d{1,15}$/.test(id) ? Number(id) : 0;
    return answer(this.pipeline.commands.revokeSession(number, actorOf(context)));
  }

  @Mutation(() => SignInLinkResult, {
    description: 'Makes a link that opens a session in a browser, once, in your name. Needs the role admin.',
  })
  createSignInLink(
    @Args('role', {
      type: () => RoleEnum,
      nullable: true,
      defaultValue: 'admin',
      description: 'What the session may do; not INGEST, which has nothing to look at.',
    })
    role: Role | null,
    @Context('principal') principal: Principal,
  ): object {
    if (role === 'ingest') return new InvalidInput('INVALID_INPUT', 'INGEST has nothing to look at', 'role');
    const token = this.parts.signIn.issueOneTimeToken({ ...principal, role: role ?? 'admin' }, linkLifeMs);
    return { url: this.parts.signInUrl(token), expiresAt: this.clock.now() + linkLifeMs };
  }
}

function actorOf({ principal, address }: { readonly principal: Principal; readonly address?: string }): Actor {
  return { name: principal.name, role: principal.role, ...(address === undefined ? {} : { address }) };
}
