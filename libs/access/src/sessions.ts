import type { Database } from '@tapewatch/database';
import { accepted, messageOf, refused, type Clock, type CommandResult, type Logger } from '@tapewatch/model';
import type { Kysely } from 'kysely';
import { actorRecord } from './audit-entry.js';
import type { AuditLog } from './audit-log.js';
import type { BackgroundWrites } from './background-writes.js';
import type { Actor, Role } from './role.js';
import { newSecret, secretHash } from './secret.js';
import { type Session, sessionFromRow, sessionIdleMs, sessionLifeMs } from './session.js';
import type { AccessTables } from './tables.js';

export interface NewSession {
  readonly who: string;
  readonly role: Role;
  /** See AccessSessionRow. */
  readonly origin: string;
  /** No later than whatever opens it. */
  readonly endsAt?: number;
  readonly address?: string;
}

export interface OpenedSession {
  readonly session: Session;
  /** For the browser alone. */
  readonly secret: string;
}

export interface SessionsOptions {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly background: BackgroundWrites;
  readonly clock: Clock;
  readonly logger: Logger;
}

const seenEveryMs = 60_000;
const mostSessions = 1_000;

/** Browser sessions, in memory and on disk: a restart signs nobody out, and one that is revoked is over at once. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #byId = new Map<number, Session>();
  readonly #idByHash = new Map<string, number>();

  private constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Forgets those that are over. */
  static async open(options: SessionsOptions): Promise<Sessions> {
    const sessions = new Sessions(options);
    const now = options.clock.now();
    const tables = options.database.tables<AccessTables>();
    await tables
      .deleteFrom('access_session')
      .where((row) =>
        row.or([
          row('revoked_at', 'is not', null),
          row('ends_at', '<=', now),
          row('last_seen_at', '<=', now - sessionIdleMs),
        ]),
      )
      .execute();
    const rows = await tables.selectFrom('access_session').selectAll().execute();
    for (const row of rows) sessions.#keep(sessionFromRow(row), row.hash);
    return sessions;
  }

  /** Those that are not over, newest first. */
  all(): readonly Session[] {
    return [...this.#byId.values()].filter(({ id }) => this.isLive(id)).sort((a, b) => b.id - a.id);
  }

  /** Whose secret this is, and keeps the session alive; undefined when it is nobody's, or no longer. */
  identify(secret: string): Session | undefined {
    const id = this.#idByHash.get(secretHash(secret));
    if (id === undefined || !this.isLive(id)) return undefined;
    this.see(id);
    return this.#byId.get(id);
  }

  isLive(id: number): boolean {
    const session = this.#byId.get(id);
    const now = this.#options.clock.now();
    return session !== undefined && session.endsAt > now && session.lastSeenAt + sessionIdleMs > now;
  }

  /** Notes that a session is in use; to the minute. */
  see(id: number): void {
    const session = this.#byId.get(id);
    const now = this.#options.clock.now();
    if (session === undefined || now - session.lastSeenAt < seenEveryMs) return;
    this.#byId.set(id, { ...session, lastSeenAt: now });
    this.#inBackground((tables) =>
      tables.updateTable('access_session').set({ last_seen_at: now }).where('id', '=', id).execute(),
    );
  }

  /** Together with its line in the audit log, or not at all. */
  async open(wanted: NewSession, detail: Readonly<Record<string, unknown>>): Promise<CommandResult<OpenedSession>> {
    const { database, audit, clock, logger } = this.#options;
    const { who, role, origin, address } = wanted;
    const now = clock.now();
    const secret = newSecret();
    const hash = secretHash(secret);
    const endsAt = Math.min(now + sessionLifeMs, wanted.endsAt ?? Number.POSITIVE_INFINITY);
    try {
      const row = await database.transaction(async (transaction) => {
        const inserted = await transaction
          .tables<AccessTables>()
          .insertInto('access_session')
          .values({
            ...{ hash, who, role, origin, created_at: now, ends_at: endsAt, last_seen_at: now },
            ...{ address: address ?? null, revoked_at: null, revoked_by: null },
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        const actor = { name: who, role, ...(address === undefined ? {} : { address }) };
        const record = { at: now, what: 'signIn', detail: { session: inserted.id, ...detail } };
        await audit.appendIn(transaction, actorRecord(actor, record));
        return inserted;
      });
      const session = sessionFromRow(row);
      this.#keep(session, hash);
      this.#bound();
      return accepted({ session, secret });
    } catch (thrown) {
      logger.error({ error: messageOf(thrown) }, 'a session could not be written');
      return refused('UNAVAILABLE', 'The session could not be written to disk together with its line in the audit log');
    }
  }

  /** Ends a session at once. That it was ended is kept until it can be written. */
  revoke(id: number, actor: Actor, what: 'revokeSession' | 'signOut'): CommandResult<Session> {
    const session = this.isLive(id) ? this.#byId.get(id) : undefined;
    if (session === undefined) return refused('NOT_FOUND', `No session has the id ${id}`);
    const at = this.#options.clock.now();
    this.#end(session, actor.name);
    const record = { at, what, target: String(id), detail: { who: session.who, role: session.role } };
    void this.#options.audit.record(actorRecord(actor, record));
    return accepted(session);
  }

  /** Ends every session that `isOver` picks: those of a token that is no more. */
  endAll(isOver: (session: Session) => boolean): void {
    for (const session of this.all()) if (isOver(session)) this.#end(session, 'tapewatch');
  }

  #end(session: Session, by: string): void {
    this.#byId.delete(session.id);
    for (const [hash, id] of this.#idByHash) if (id === session.id) this.#idByHash.delete(hash);
    const change = { revoked_at: this.#options.clock.now(), revoked_by: by };
    this.#inBackground((tables) =>
      tables.updateTable('access_session').set(change).where('id', '=', session.id).execute(),
    );
  }

  #keep(session: Session, hash: string): void {
    this.#byId.set(session.id, session);
    this.#idByHash.set(hash, session.id);
  }

  /** Those that nobody used for longest give way. */
  #bound(): void {
    const live = this.all();
    if (live.length <= mostSessions) return;
    const idle = [...live].sort((a, b) => a.lastSeenAt - b.lastSeenAt);
    for (const session of idle.slice(0, live.length - mostSessions)) this.#end(session, 'tapewatch');
  }

  #inBackground(work: (tables: Kysely<AccessTables>) => Promise<unknown>): void {
    const { background, database } = this.#options;
    background.add('a change of a session', work(database.tables<AccessTables>()));
  }
}
