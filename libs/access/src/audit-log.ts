import { type Database, type DatabaseTransaction, WriteQueue } from '@tapewatch/database';
import {
  accepted,
  beforeNumber,
  numberedPage,
  type Clock,
  type CommandResult,
  type Logger,
  type Page,
  type PageRequest,
} from '@tapewatch/model';
import type { Selectable } from 'kysely';
import { type AuditEntry, type AuditRecord, chainHash, firstHash } from './audit-entry.js';
import type { AccessTables, AuditEntryRow } from './tables.js';

/** What verifying comes to; `fault` names the first entry that is not what it was. */
export interface AuditVerification {
  readonly intact: boolean;
  readonly entries: number;
  readonly fault?: { readonly seq: number; readonly message: string };
}

const verifiedAtOnce = 1_000;

/** Who did what: entries are only ever added, each chained to the one before by its hash. */
export class AuditLog {
  readonly #database: Database;
  readonly #queue: WriteQueue<AuditRecord>;

  constructor({ database, clock, logger }: { database: Database; clock: Clock; logger: Logger }) {
    this.#database = database;
    this.#queue = new WriteQueue({
      write: (batch) =>
        database.transaction(async (transaction) => {
          for (const record of batch) await this.appendIn(transaction, record);
        }),
      dropped: (count) => logger.error({ count }, 'audit entries were lost: too many wait to be written'),
      what: 'the audit log',
      clock,
      logger,
    });
  }

  /** False while the newest attempt to write has failed. */
  get healthy(): boolean {
    return this.#queue.healthy;
  }

  /** For what must not wait for the disk: it is kept in memory until it can be written. Resolves once it is. */
  record(record: AuditRecord): Promise<void> {
    return this.#queue.add([record]);
  }

  /** For what must not happen unless it is written down: both are committed, or neither. */
  async appendIn(transaction: DatabaseTransaction, record: AuditRecord): Promise<void> {
    const tables = transaction.tables<AccessTables>();
    const head = await tables.selectFrom('audit_head').select(['seq', 'hash']).executeTakeFirst();
    const columns = {
      seq: (head?.seq ?? 0) + 1,
      at: record.at,
      who: record.who,
      role: record.role ?? null,
      address: record.address ?? null,
      what: record.what,
      target: record.target ?? null,
      detail: record.detail === undefined ? null : JSON.stringify(record.detail),
      outcome: record.outcome,
      code: record.code ?? null,
    };
    const hash = chainHash(head?.hash ?? firstHash, columns);
    await tables
      .insertInto('audit_entry')
      .values({ ...columns, hash })
      .execute();
    if (head === undefined) await tables.insertInto('audit_head').values({ id: 1, seq: columns.seq, hash }).execute();
    else await tables.updateTable('audit_head').set({ seq: columns.seq, hash }).execute();
  }

  /** Newest first; `since` is at or after. */
  async page(request: PageRequest & { readonly since?: number }): Promise<CommandResult<Page<AuditEntry>>> {
    const before = beforeNumber(request);
    if (!before.ok) return before;
    const entries = this.#database.tables<AccessTables>().selectFrom('audit_entry');
    let query = entries.selectAll().where('seq', '<', before.value);
    if (request.since !== undefined) query = query.where('at', '>=', request.since);
    const rows = await query
      .orderBy('seq', 'desc')
      .limit(request.first + 1)
      .execute();
    return accepted(numberedPage(rows, request.first, (row) => ({ number: row.seq, node: fromRow(row) })));
  }

  /** Reads the whole log and finds the first entry that was changed, taken out or put in. What waits to be written is not looked at. */
  async verify(): Promise<AuditVerification> {
    const tables = this.#database.tables<AccessTables>();
    // The newest entry is read first: entries that come meanwhile are left for the next time.
    const head = await tables.selectFrom('audit_head').select(['seq', 'hash']).executeTakeFirst();
    let hash = firstHash;
    let seq = 0;
    for (;;) {
      const rows = await tables
        .selectFrom('audit_entry')
        .selectAll()
        .where('seq', '>', seq)
        .where('seq', '<=', head?.seq ?? Number.MAX_SAFE_INTEGER)
        .orderBy('seq')
        .limit(verifiedAtOnce)
        .execute();
      for (const row of rows) {
        if (row.seq !== seq + 1) return faulty(seq, seq + 1, 'the entry is missing');
        hash = chainHash(hash, row);
        seq = row.seq;
        if (row.hash !== hash) return faulty(seq, seq, 'the entry, or one before it, is not what was written');
      }
      if (rows.length < verifiedAtOnce) break;
    }
    if (seq === 0 && head === undefined) return { intact: true, entries: 0 };
    if (seq !== head?.seq) return faulty(seq, seq + 1, 'the newest entries are missing');
    return hash === head.hash ? { intact: true, entries: seq } : faulty(seq, seq, 'the log does not end as it did');
  }

  /** Makes one last attempt for what waits. */
  stop(): Promise<void> {
    return this.#queue.stop();
  }
}

function faulty(entries: number, seq: number, message: string): AuditVerification {
  return { intact: false, entries, fault: { seq, message } };
}

function fromRow(row: Selectable<AuditEntryRow>): AuditEntry {
  return {
    seq: row.seq,
    at: row.at,
    who: row.who,
    what: row.what,
    outcome: row.outcome,
    ...(row.role === null ? {} : { role: row.role }),
    ...(row.address === null ? {} : { address: row.address }),
    ...(row.target === null ? {} : { target: row.target }),
    ...(row.detail === null ? {} : { detail: JSON.parse(row.detail) as Readonly<Record<string, unknown>> }),
    ...(row.code === null ? {} : { code: row.code }),
  };
}
