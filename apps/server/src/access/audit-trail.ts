import type { Clock } from '@tapewatch/model';
import { messageOf } from '@tapewatch/model';
import { formatMatcher } from '@tapewatch/pipeline';
import type { AuditRecord, Pipeline } from '@tapewatch/pipeline';
import { GraphQLError } from 'graphql';
import { Problem } from '../graphql/problem.types.js';
import { auditDetail, targetOf } from './audit-detail.js';
import { AuditThrottle } from './audit-throttle.js';
import type { Principal } from './role.js';

/** Something that somebody wants done. */
export interface Deed {
  /** The operation, as the schema names it. */
  readonly what: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly principal: Principal;
  readonly address?: string;
}

/** Whose line is written together with the change itself, so that neither is there without the other. */
const writtenWithin = new Set(['createToken', 'revokeToken', 'revokeSession']);
/** Of these the log shows the alert before and after. */
const onAlerts = new Set(['acknowledgeAlert', 'unacknowledgeAlert', 'resolveAlert']);
/** And of these the silence. */
const onSilences = new Set(['updateSilence', 'expireSilence']);

/** Sees to it that every change by a person stands in the audit log: one place, ahead of all mutations. */
export class AuditTrail {
  readonly #pipeline: Pick<Pipeline, 'access' | 'read'>;
  readonly #clock: Clock;
  /** By who is refused; tokens are few. */
  readonly #refusals = new Map<string, AuditThrottle>();
  readonly #strangers: AuditThrottle;

  constructor(pipeline: Pick<Pipeline, 'access' | 'read'>, clock: Clock) {
    this.#pipeline = pipeline;
    this.#clock = clock;
    this.#strangers = new AuditThrottle(clock);
  }

  /** Does it, and tells the log how it went. The deed does not wait for the log: it must not be lost when the disk fails. */
  async follow<T>(deed: Deed, work: () => T | Promise<T>): Promise<T> {
    const at = this.#clock.now();
    const before = await this.#subject(deed);
    try {
      const answer = await work();
      const refusal = answer instanceof Problem ? answer.code : undefined;
      if (refusal !== undefined || !writtenWithin.has(deed.what)) {
        const after = refusal === undefined ? await this.#subject(deed) : undefined;
        this.#tell(at, deed, { outcome: refusal === undefined ? 'done' : 'refused', code: refusal }, before, after);
      }
      return answer;
    } catch (thrown) {
      const expected = thrown instanceof GraphQLError && typeof thrown.extensions['code'] === 'string';
      const code = expected ? String(thrown.extensions['problem'] ?? thrown.extensions['code']) : 'INTERNAL';
      this.#tell(at, deed, { outcome: expected ? 'refused' : 'failed', code }, before, undefined);
      throw thrown;
    }
  }

  /** A change that came over HTTP, by the status of its answer. */
  answered(deed: Deed, status: number): void {
    const outcome = status < 400 ? 'done' : status < 500 ? 'refused' : 'failed';
    const code = outcome === 'done' ? undefined : `HTTP_${status}`;
    this.#tell(this.#clock.now(), deed, { outcome, code }, undefined, undefined);
  }

  /** Somebody showed a wrong token to be signed in. */
  wrongSignIn(address: string, code: string): void {
    const at = this.#clock.now();
    const record = this.#strangers.pass({ at, who: 'anonymous', address, what: 'signIn', outcome: 'refused', code });
    if (record !== undefined) void this.#pipeline.access.record(record);
  }

  #tell(
    at: number,
    { what, args, principal, address }: Deed,
    { outcome, code }: { readonly outcome: AuditRecord['outcome']; readonly code: string | undefined },
    before: unknown,
    after: unknown,
  ): void {
    const target = targetOf(args);
    const record: AuditRecord = {
      ...{ at, who: principal.name, role: principal.role, what, outcome },
      detail: auditDetail(args, before, after),
      ...(address === undefined ? {} : { address }),
      ...(target === undefined ? {} : { target }),
      ...(code === undefined ? {} : { code }),
    };
    const passed = outcome === 'refused' ? this.#refusalsOf(principal.name).pass(record) : record;
    if (passed !== undefined) void this.#pipeline.access.record(passed);
  }

  #refusalsOf(name: string): AuditThrottle {
    const throttle = this.#refusals.get(name) ?? new AuditThrottle(this.#clock);
    this.#refusals.set(name, throttle);
    return throttle;
  }

  async #subject({ what, args }: Deed): Promise<unknown> {
    if (typeof args['id'] !== 'string') return undefined;
    if (onSilences.has(what)) return this.#silence(args['id']);
    if (!onAlerts.has(what)) return undefined;
    try {
      const alert = await this.#pipeline.read.alert(args['id']);
      if (alert === undefined) return undefined;
      const { name, state, acknowledgement, resolvedBy } = alert;
      return { name, state, acknowledgement, resolvedBy };
    } catch (thrown) {
      return { unknown: messageOf(thrown) };
    }
  }

  #silence(id: string): unknown {
    const silence = this.#pipeline.read.silence(id);
    if (silence === undefined) return undefined;
    const { matchers, startsAt, endsAt, state, comment } = silence;
    return { matchers: matchers.map(formatMatcher), startsAt, endsAt, state, comment };
  }
}
