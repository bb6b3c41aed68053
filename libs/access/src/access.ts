import type { Database } from '@tapewatch/database';
import type { Clock, CommandResult, Logger } from '@tapewatch/model';
import type { AccessToken } from './access-token.js';
import type { AuditRecord } from './audit-entry.js';
import { AuditLog } from './audit-log.js';
import { BackgroundWrites } from './background-writes.js';
import type { Actor } from './role.js';
import type { Session } from './session.js';
import { Sessions } from './sessions.js';
import { type CreatedToken, type NewToken, Tokens } from './tokens.js';

export interface AccessOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Who may come in, and who did what: tokens, browser sessions and the audit log. */
export class Access {
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly audit: AuditLog;
  readonly #listeners = new Set<() => void>();

  readonly #background: BackgroundWrites;

  private constructor(tokens: Tokens, sessions: Sessions, audit: AuditLog, background: BackgroundWrites) {
    this.tokens = tokens;
    this.sessions = sessions;
    this.audit = audit;
    this.#background = background;
  }

  static async open(options: AccessOptions): Promise<Access> {
    const audit = new AuditLog(options);
    const background = new BackgroundWrites(options.logger);
    const whole = { ...options, audit, background };
    return new Access(await Tokens.open(whole), await Sessions.open(whole), audit, background);
  }

  createToken(wanted: NewToken, actor: Actor): Promise<CommandResult<CreatedToken>> {
    return this.tokens.create(wanted, actor);
  }

  /** With its sessions. */
  async revokeToken(name: string, actor: Actor): Promise<CommandResult<AccessToken>> {
    const answer = await this.tokens.revoke(name, actor);
    this.sessions.endAll(({ origin }) => {
      const id = /^token:(\d+)$/.exec(origin)?.[1];
      return id !== undefined && !this.tokens.isLive(Number(id));
    });
    this.#tellEnd();
    return answer;
  }

  revokeSession(id: number, actor: Actor, what: 'revokeSession' | 'signOut' = 'revokeSession'): CommandResult<Session> {
    const answer = this.sessions.revoke(id, actor, what);
    this.#tellEnd();
    return answer;
  }

  record(record: AuditRecord): Promise<void> {
    return this.audit.record(record);
  }

  /** Called whenever a token or session was ended before its time. Returns how to stop. */
  onEnd(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async stop(): Promise<void> {
    await Promise.all([this.audit.stop(), this.#background.settled()]);
  }

  #tellEnd(): void {
    for (const listener of this.#listeners) listener();
  }
}
