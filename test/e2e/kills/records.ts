import type { Program } from '../../support/program.js';

export interface AlertRecord {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: string;
  readonly startsAt: string;
  readonly firedAt: string | null;
  readonly endsAt: string | null;
  readonly history: readonly { readonly kind: string; readonly at: string; readonly note: string | null }[];
}

/** One row of the ledger. */
export interface LedgerRow {
  readonly id: string;
  readonly at: string;
  readonly idempotencyKey: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly alertIds: readonly string[];
}

interface Page<T> {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly edges: readonly { readonly node: T }[];
}

/** Every alert that the filter lets through, with its history; `filter` is the inside of an AlertFilter. */
export function alertRecords(of: Program, filter: string): Promise<readonly AlertRecord[]> {
  return everyPage(async (after) => {
    const { alerts } = await of.graphql<{ alerts: Page<AlertRecord> }>(
      `query ($after: String) { alerts(first: 200, after: $after, filter: { ${filter} }) {
        pageInfo { hasNextPage endCursor }
        edges { node { id name labels state startsAt firedAt endsAt history(last: 200) { kind at note } } }
      } }`,
      { after },
    );
    return alerts;
  });
}

/** The whole ledger, newest first. */
export function ledgerRows(of: Program): Promise<readonly LedgerRow[]> {
  return everyPage(async (after) => {
    const { notifications } = await of.graphql<{ notifications: Page<LedgerRow> }>(
      `query ($after: String) { notifications(first: 200, after: $after) {
        pageInfo { hasNextPage endCursor }
        edges { node { id at idempotencyKey outcome reason alertIds } }
      } }`,
      { after },
    );
    return notifications;
  });
}

/** How many alerts the filter lets through. */
export async function alertCount(of: Program, filter: string): Promise<number> {
  const { alerts } = await of.graphql<{ alerts: { totalCount: number } }>(
    `{ alerts(first: 1, filter: { ${filter} }) { totalCount } }`,
  );
  return alerts.totalCount;
}

async function everyPage<T>(read: (after: string | null) => Promise<Page<T>>): Promise<readonly T[]> {
  const all: T[] = [];
  let after: string | null = null;
  do {
    const page: Page<T> = await read(after);
    all.push(...page.edges.map(({ node }) => node));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return all;
}
