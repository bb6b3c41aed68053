import { messageOf, type Clock, type Labels, type Logger } from '@tapewatch/model';
import type { LogEntry } from './notification-log.js';
import type { NotSent } from './not-sent.js';
import type { Outbox, StoredLogEntry } from './outbox.js';
import type { Outgoing } from './outgoing.js';

/** Longer than any sensible repeat interval: what was not told for so long is over. */
const logKeptAtLeastMs = 30 * 86_400_000;

/** What every channel was last told about every group: in memory for decisions, in the outbox for the next start. */
export class ToldLog {
  readonly #outbox: Outbox;
  readonly #logger: Logger;
  readonly #entries = new Map<string, LogEntry>();
  #failing = false;

  constructor(outbox: Outbox, logger: Logger) {
    this.#outbox = outbox;
    this.#logger = logger;
  }

  /** False while the newest attempt to write has failed. */
  get durable(): boolean {
    return !this.#failing;
  }

  /** Reads what was told before. */
  async open(clock: Clock, notificationsKeptMs: number): Promise<readonly StoredLogEntry[]> {
    // At least as long as its notifications: a group that began to count anew would give their keys out again.
    await this.#outbox.forgetBefore(clock.now() - Math.max(logKeptAtLeastMs, notificationsKeptMs));
    const stored = await this.#outbox.logEntries(clock);
    for (const { groupKey, channel, entry } of stored) this.note(groupKey, channel, entry);
    return stored;
  }

  entry(groupKey: string, channel: string): LogEntry | undefined {
    return this.#entries.get(logKey(groupKey, channel));
  }

  believesFiring(groupKey: string, channels: readonly { readonly name: string }[], alertId: string): boolean {
    return channels.some(({ name }) => this.entry(groupKey, name)?.firing.has(alertId) === true);
  }

  note(groupKey: string, channel: string, entry: LogEntry): void {
    this.#entries.set(logKey(groupKey, channel), entry);
  }

  /** People are told also when this cannot be written: then a crash may repeat the notification, under the same key. */
  async keep(
    group: { readonly key: string; readonly receiver: string; readonly labels: Labels } | undefined,
    decision: {
      readonly entries: readonly { readonly channel: string; readonly entry: LogEntry }[];
      readonly outgoing: readonly Outgoing[];
      readonly notSent: readonly NotSent[];
    },
  ): Promise<void> {
    if (decision.entries.length === 0 && decision.notSent.length === 0) return;
    for (const { channel, entry } of decision.entries) if (group !== undefined) this.note(group.key, channel, entry);
    try {
      await this.#outbox.flush({
        groupKey: group?.key ?? '',
        receiver: group?.receiver ?? '',
        groupLabels: group?.labels.toObject() ?? {},
        ...decision,
      });
      if (this.#failing) this.#logger.info({}, 'the outbox can be written again');
      this.#failing = false;
    } catch (thrown) {
      if (!this.#failing)
        this.#logger.error({ error: messageOf(thrown) }, 'the outbox cannot be written; sending from memory');
      this.#failing = true;
    }
  }
}

function logKey(groupKey: string, channel: string): string {
  return `${channel}\u0000${groupKey}`;
}
