import { formatDuration } from '@tapewatch/model';
import { acceptedAnswer } from '../running-server/running-server.js';
import type { RunningServer } from '../running-server/running-server.js';
import type { AuditRow, TokenDesk, TokenRole, TokenRow } from './token-desk.js';

const tokenFields = 'name role createdAt createdBy expiresAt lastUsedAt revokedAt';
const problem = '... on Problem { code message }';
const pageSize = 200;

interface Connection<T> {
  readonly edges: readonly { readonly node: T }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

type Refusal = { readonly code: string; readonly message: string };

/** Through the running server, which alone may write to its data folder. */
export function serverDesk(server: RunningServer): TokenDesk {
  return {
    async create({ name, role, expiresInMs }) {
      const { createToken } = await server.graphql<{
        createToken: { readonly token: TokenRow; readonly secret: string } | Refusal;
      }>(
        `mutation ($name: String!, $role: Role!, $expiresIn: Duration) { createToken(name: $name, role: $role, expiresIn: $expiresIn) {
          ... on CreatedToken { token { ${tokenFields} } secret } ${problem} } }`,
        {
          name,
          role: role.toUpperCase(),
          ...(expiresInMs === undefined ? {} : { expiresIn: formatDuration(expiresInMs) }),
        },
      );
      const { token, secret } = acceptedAnswer(createToken);
      return { token: tokenRow(token), secret };
    },
    async list(withRevoked) {
      const query = `query ($revoked: Boolean, $first: Int, $after: String) {
        list: tokens(revoked: $revoked, first: $first, after: $after) { edges { node { ${tokenFields} } } pageInfo { hasNextPage endCursor } } }`;
      const rows = await everyPage<TokenRow>(server, query, { revoked: withRevoked }, Number.POSITIVE_INFINITY);
      return rows.map(tokenRow);
    },
    async revoke(name) {
      const { revokeToken } = await server.graphql<{ revokeToken: TokenRow | Refusal }>(
        `mutation ($name: String!) { revokeToken(name: $name) { ... on AccessToken { ${tokenFields} } ${problem} } }`,
        { name },
      );
      return tokenRow(acceptedAnswer(revokeToken));
    },
    async audit({ since, most }) {
      const query = `query ($since: DateTime, $first: Int, $after: String) {
        list: audit(since: $since, first: $first, after: $after) {
          edges { node { seq at who role address what target detail outcome code } } pageInfo { hasNextPage endCursor } } }`;
      const variables = since === undefined ? {} : { since: new Date(since).toISOString() };
      const rows = await everyPage<AuditRow>(
        server,
        query,
        variables,
        since === undefined ? most : Number.POSITIVE_INFINITY,
      );
      return rows.map((row) => ({ ...row, role: lower(row.role), outcome: row.outcome.toLowerCase() })).reverse();
    },
    async verifyAudit() {
      const { auditVerification } = await server.graphql<{
        auditVerification: { intact: boolean; entries: number; faultySeq: number | null; fault: string | null };
      }>('{ auditVerification { intact entries faultySeq fault } }');
      const { intact, entries, faultySeq, fault } = auditVerification;
      return { intact, entries, ...(fault === null ? {} : { fault: `${faultySeq ?? ''}: ${fault}` }) };
    },
    close: () => Promise.resolve(),
  };
}

async function everyPage<T>(
  server: RunningServer,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  most: number,
): Promise<readonly T[]> {
  const rows: T[] = [];
  let after: string | null = null;
  do {
    const first = Math.min(pageSize, most - rows.length);
    const { list }: { list: Connection<T> } = await server.graphql(query, { ...variables, first, after });
    rows.push(...list.edges.map(({ node }) => node));
    after = list.pageInfo.hasNextPage ? list.pageInfo.endCursor : null;
  } while (after !== null && rows.length < most);
  return rows;
}

function tokenRow(row: TokenRow): TokenRow {
  return { ...row, role: lower(row.role) ?? 'viewer' };
}

/** Enum values of the API are upper case. */
function lower(role: TokenRole | null): TokenRole | null {
  return role === null ? null : (role.toLowerCase() as TokenRole);
}
