import type { Clock, CommandResult, Logger } from '@tapewatch/model';
import { StartError } from '@tapewatch/model';
import type { AccessToken, AuditEntry } from '@tapewatch/pipeline/access';
import type { AuditRow, TokenDesk, TokenRow } from './token-desk.js';

const pageSize = 200;

/** In the data folder itself, which must be no running server's. Throws StartError. */
export async function folderDesk(dataDir: string, clock: Clock, logger: Logger): Promise<TokenDesk> {
  // Loaded only here: most commands need no database.
  const { localName, openAccess } = await import('@tapewatch/pipeline/access');
  const { access, close } = await openAccess({ dataDir, clock, logger });
  const actor = { name: localName(), role: 'admin' } as const;
  return {
    async create({ name, role, expiresInMs }) {
      const expiresAt = expiresInMs === undefined ? {} : { expiresAt: clock.now() + expiresInMs };
      const { token, secret } = done(await access.createToken({ name, role, ...expiresAt }, actor));
      return { token: tokenRow(token), secret };
    },
    list: (withRevoked) => {
      const shown = access.tokens.all().filter(({ revokedAt }) => withRevoked || revokedAt === undefined);
      return Promise.resolve(shown.map(tokenRow));
    },
    revoke: async (name) => tokenRow(done(await access.revokeToken(name, actor))),
    async audit({ since, most }) {
      const wanted = since === undefined ? most : Number.POSITIVE_INFINITY;
      const rows: AuditRow[] = [];
      let after: string | undefined;
      do {
        const first = Math.min(pageSize, wanted - rows.length);
        const request = { first, ...(since === undefined ? {} : { since }), ...(after === undefined ? {} : { after }) };
        const page = done(await access.audit.page(request));
        rows.push(...page.items.map(({ node }) => auditRow(node)));
        after = page.hasNextPage ? page.items.at(-1)?.cursor : undefined;
      } while (after !== undefined && rows.length < wanted);
      return rows.reverse();
    },
    async verifyAudit() {
      const { intact, entries, fault } = await access.audit.verify();
      return { intact, entries, ...(fault === undefined ? {} : { fault: `${fault.seq}: ${fault.message}` }) };
    },
    close,
  };
}

function done<T>(result: CommandResult<T>): T {
  if (result.ok) return result.value;
  throw new StartError(result.refusal.code, result.refusal.message);
}

function tokenRow(token: AccessToken): TokenRow {
  const { name, role, createdBy } = token;
  return {
    ...{ name, role, createdBy, createdAt: time(token.createdAt) ?? '' },
    ...{ expiresAt: time(token.expiresAt), lastUsedAt: time(token.lastUsedAt), revokedAt: time(token.revokedAt) },
  };
}

function auditRow({ seq, at, who, role, address, what, target, detail, outcome, code }: AuditEntry): AuditRow {
  return {
    ...{ seq, at: time(at) ?? '', who, what, outcome },
    ...{
      role: role ?? null,
      address: address ?? null,
      target: target ?? null,
      detail: detail ?? null,
      code: code ?? null,
    },
  };
}

function time(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
