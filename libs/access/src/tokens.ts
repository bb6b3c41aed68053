import type { Database } from '@tapewatch/database';
import { accepted, messageOf, refused, type Clock, type CommandResult, type Logger } from '@tapewatch/model';
import { type AccessToken, tokenFromRow, tokenNameFault } from './access-token.js';
import type { AuditLog } from './audit-log.js';
import { actorRecord } from './audit-entry.js';
import type { BackgroundWrites } from './background-writes.js';
import type { Actor, Role } from './role.js';
import { newSecret, secretHash } from './secret.js';
import type { AccessTables } from './tables.js';

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  /** Absent: it is valid until it is revoked. */
  readonly expiresAt?: number;
}

export interface CreatedToken {
  readonly token: AccessToken;
  /** Shown this once. */
  readonly secret: string;
}

export interface TokensOptions {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly background: BackgroundWrites;
  readonly clock: Clock;
  readonly logger: Logger;
}

const usedEveryMs = 60_000;

/** Every token there is, in memory and on disk: whose a secret is must be known at once, and a revoked one be dead at once. */
export class Tokens {
  readonly #options: TokensOptions;
  readonly #byId = new Map<number, AccessToken>();
  readonly #idByHash = new Map<string, number>();
  /** Revoked, written down or not. */
  readonly #dead = new Set<number>();
  /** Names that are about to be taken. */
  readonly #claimed = new Set<string>();

  private constructor(options: TokensOptions) {
    this.#options = options;
  }

  static async open(options: TokensOptions): Promise<Tokens> {
    const tokens = new Tokens(options);
    const rows = await options.database.tables<AccessTables>().selectFrom('access_token').selectAll().execute();
    for (const row of rows) tokens.#keep(tokenFromRow(row), row.hash);
    return tokens;
  }

  /** Newest first, the revoked ones included. */
  all(): readonly AccessToken[] {
    return [...this.#byId.values()].sort((a, b) => b.id - a.id);
  }

  /** Whose secret this is, and notes that it was used; undefined when it is nobody's, or no longer. */
  identify(secret: string): AccessToken | undefined {
    const id = this.#idByHash.get(secretHash(secret));
    if (id === undefined || !this.isLive(id)) return undefined;
    this.#used(id);
    return this.#byId.get(id);
  }

  isLive(id: number): boolean {
    const token = this.#byId.get(id);
    if (token === undefined || token.revokedAt !== undefined || this.#dead.has(id)) return false;
    return token.expiresAt === undefined || token.expiresAt > this.#options.clock.now();
  }

  /** Together with its line in the audit log, or not at all. */
  async create(wanted: NewToken, actor: Actor): Promise<CommandResult<CreatedToken>> {
    const fault = this.#faultOf(wanted);
    if (fault !== undefined) return fault;
    const key = wanted.name.toLowerCase();
    this.#claimed.add(key);
    try {
      return await this.#insert(wanted, actor);
    } catch (thrown) {
      return this.#unwritten('The token was not made', thrown);
    } finally {
      this.#claimed.delete(key);
    }
  }

  /** By its name. It is dead from here on, also while the disk refuses to write it down; then the answer says so. */
  async revoke(name: string, actor: Actor): Promise<CommandResult<AccessToken>> {
    const token = this.#named(name);
    if (token === undefined) return refused('NOT_FOUND', `No token has the name ${name}`);
    const now = this.#options.clock.now();
    this.#dead.add(token.id);
    try {
      await this.#options.database.transaction(async (transaction) => {
        const tables = transaction.tables<AccessTables>();
        const change = { revoked_at: now, revoked_by: actor.name };
        await tables.updateTable('access_token').set(change).where('id', '=', token.id).execute();
        await tables
          .updateTable('access_session')
          .set(change)
          .where('origin', '=', `token:${token.id}`)
          .where('revoked_at', 'is', null)
          .execute();
        const detail = { role: token.role };
        await this.#options.audit.appendIn(
          transaction,
          actorRecord(actor, { at: now, what: 'revokeToken', target: name, detail }),
        );
      });
    } catch (thrown) {
      return this.#unwritten(`${name} is refused from now on, but only until the next start; try again`, thrown);
    }
    const revoked = { ...token, revokedAt: now, revokedBy: actor.name };
    this.#byId.set(token.id, revoked);
    return accepted(revoked);
  }

  #faultOf({ name, expiresAt }: NewToken): CommandResult<never> | undefined {
    const nameFault = tokenNameFault(name);
    if (nameFault !== undefined) return refused('INVALID_INPUT', nameFault, 'name');
    if (expiresAt !== undefined && !(expiresAt > this.#options.clock.now()))
      return refused('INVALID_INPUT', 'A token must expire later than now', 'expires');
    const other = this.#named(name);
    if (other === undefined && !this.#claimed.has(name.toLowerCase())) return undefined;
    const expired = other !== undefined && !this.isLive(other.id);
    return refused('CONFLICT', `There is a token ${name}${expired ? ', which has expired' : ''}: revoke it first`);
  }

  /** Names that differ in case only would be taken for one another. */
  #named(name: string): AccessToken | undefined {
    const key = name.toLowerCase();
    return this.all().find((token) => token.revokedAt === undefined && token.name.toLowerCase() === key);
  }

  async #insert(wanted: NewToken, actor: Actor): Promise<CommandResult<CreatedToken>> {
    const now = this.#options.clock.now();
    const secret = newSecret('tw_');
    const hash = secretHash(secret);
    const { name, role, expiresAt } = wanted;
    const row = await this.#options.database.transaction(async (transaction) => {
      const inserted = await transaction
        .tables<AccessTables>()
        .insertInto('access_token')
        .values({
          ...{ name, role, hash, created_at: now, created_by: actor.name },
          ...{ expires_at: expiresAt ?? null, last_used_at: null, revoked_at: null, revoked_by: null },
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      const detail = { role, ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }) };
      await this.#options.audit.appendIn(
        transaction,
        actorRecord(actor, { at: now, what: 'createToken', target: name, detail }),
      );
      return inserted;
    });
    const token = tokenFromRow(row);
    this.#keep(token, hash);
    return accepted({ token, secret });
  }

  #keep(token: AccessToken, hash: string): void {
    this.#byId.set(token.id, token);
    this.#idByHash.set(hash, token.id);
  }

  #used(id: number): void {
    const token = this.#byId.get(id);
    const now = this.#options.clock.now();
    if (token === undefined || now - (token.lastUsedAt ?? Number.NEGATIVE_INFINITY) < usedEveryMs) return;
    this.#byId.set(id, { ...token, lastUsedAt: now });
    const { background, database } = this.#options;
    const row = database.tables<AccessTables>().updateTable('access_token').set({ last_used_at: now });
    background.add('the use of a token', row.where('id', '=', id).execute());
  }

  #unwritten(what: string, thrown: unknown): CommandResult<never> {
    this.#options.logger.error({ error: messageOf(thrown) }, 'a change of tokens could not be written');
    return refused('UNAVAILABLE', `${what}: it could not be written to disk together with its line in the audit log`);
  }
}
