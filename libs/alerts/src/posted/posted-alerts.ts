import { WriteQueue, type Database } from '@tapewatch/database';
import { messageOf, type Alert, type AlertInstance, type Clock, type Logger, type Timer } from '@tapewatch/model';
import type { PastEpisode } from '../alert-history.js';
import { titleOf, type AlertLimits } from './alert-limits.js';
import { isOver, known, merge, type KnownAlert, type PostedAlert } from './posted-alert.js';
import { PostedStore } from './posted-store.js';

/** The group under which alerts stand that come from other programs and from no rule. */
export const postedGroup = 'posted';
/** The end of one that somebody has to end: the last time there is. */
export const never = 8_640_000_000_000_000;

/** Who keeps episodes and their history. Promises resolve once it is durable. */
export interface Episodes {
  active(): readonly Alert[];
  /** Begins an episode, or brings the one that is under way up to date. */
  fire(instance: AlertInstance, at: number): Promise<void>;
  /** Ends the episode that is under way; answers the alert, when there was one. */
  end(instance: AlertInstance, endsAt: number, at: number): { readonly alert?: Alert; readonly kept: Promise<void> };
  /** An end that has been told already, and was another. */
  revise(alert: Alert): Promise<void>;
  /** One that does not begin, and why. */
  suppress(instance: AlertInstance, at: number, reason: string): Promise<void>;
}

export interface PostedAlertsOptions {
  readonly database: Database;
  readonly episodes: Episodes;
  readonly limits: AlertLimits;
  readonly resolveTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Entry {
  known: KnownAlert;
  /** When it ends on the monotonic clock: a jump of the wall clock ends nothing. */
  expiresMs: number;
  open?: AlertInstance;
  /** The last one that ended. */
  ended?: Alert;
  /** Why it was held back, once that is in the history. */
  suppressed?: string;
}

/** How often ends are looked for. */
const roundMs = 1_000;
/** After a restart: twice the time after which a Prometheus sends an alert again. */
const graceMs = 2 * 60_000;
/** What is over is remembered for so long, as senders repeat it. */
export const rememberedMs = 15 * 60_000;

/** Alerts that other programs send: merged over all senders as Alertmanager does it, ended when their time is up, limited by name. */
export class PostedAlerts {
  readonly #options: PostedAlertsOptions;
  readonly #store: PostedStore;
  readonly #writing: WriteQueue<KnownAlert>;
  readonly #entries = new Map<string, Entry>();
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: PostedAlertsOptions) {
    this.#options = options;
    this.#store = new PostedStore(options.database);
    this.#writing = new WriteQueue({
      ...options,
      what: 'posted alerts',
      write: (batch) => this.#store.write(batch),
      dropped: () => undefined,
    });
  }

  /** Goes on from where the program ended: `unfinished` are the episodes that were under way, `past` those that ended of late, in their order. */
  async open(unfinished: readonly AlertInstance[], past: readonly PastEpisode[]): Promise<void> {
    const { clock, resolveTimeoutMs } = this.#options;
    const [now, nowMs] = [clock.now(), clock.monotonic()];
    for (const alert of await this.#store.read()) this.take(alert, now);
    for (const instance of unfinished) {
      const { labels, annotations, startsAt } = instance;
      const entry =
        this.#entries.get(labels.key) ??
        this.take(known({ labels: labels.toObject(), annotations, startsAt }, now, resolveTimeoutMs), now);
      entry.open = instance;
      // Nobody could be heard while the program was away: whoever sends it gets the time to do so again.
      entry.expiresMs = Math.max(entry.expiresMs, nowMs + Math.min(graceMs, resolveTimeoutMs));
    }
    for (const episode of past) this.recall(episode, now);
    // What was sent, and did not become an alert before the end, does now.
    for (const entry of this.#entries.values())
      if (entry.open === undefined && !isOver(entry.known, now)) void this.keep(() => this.apply(entry, now));
    this.schedule();
  }

  /** Waits for what is being written. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    return this.#writing.stop();
  }

  /** Takes alerts of other programs. Resolves once they, and what came of them, are on disk. */
  async post(posted: readonly PostedAlert[]): Promise<void> {
    const { clock, resolveTimeoutMs } = this.#options;
    const now = clock.now();
    const changed = posted.map((one) => {
      const fresh = known(one, now, resolveTimeoutMs);
      const merged = merge(this.#entries.get(fresh.labels.key)?.known, fresh, now);
      return { entry: this.take(merged, now), merged };
    });
    const kept = this.#writing.add(changed.map(({ merged }) => merged));
    const applied = [...new Set(changed.map(({ entry }) => entry))].map((entry) => this.apply(entry, now));
    this.schedule();
    await Promise.all([kept, ...applied]);
  }

  /** What is known of an alert besides its episode. */
  detailsOf({ labels }: Alert): KnownAlert | undefined {
    return this.#entries.get(labels.key)?.known;
  }

  /** Why an alert with these labels is held back at present. */
  suppressionOf(labels: PostedAlert['labels']): string | undefined {
    return this.#entries.get(known({ labels, annotations: {} }, 0, 0).labels.key)?.suppressed;
  }

  /** A person has resolved it. True when that ends it altogether, as nobody sends it again and again. */
  resolved(alert: Alert): boolean {
    const entry = this.#entries.get(alert.labels.key);
    if (entry?.known.once !== true) return false;
    const now = this.#options.clock.now();
    delete entry.open;
    entry.ended = alert;
    entry.known = { ...entry.known, endsAt: now, updatedAt: now };
    void this.#writing.add([entry.known]);
    return true;
  }

  private take(alert: KnownAlert, now: number): Entry {
    const expiresMs = this.#options.clock.monotonic() + (alert.endsAt - now);
    const entry = this.#entries.get(alert.labels.key);
    if (entry === undefined) {
      const made = { known: alert, expiresMs };
      this.#entries.set(alert.labels.key, made);
      return made;
    }
    entry.known = alert;
    entry.expiresMs = expiresMs;
    return entry;
  }

  /** An end may be in the history although the program was killed before it was kept here: it counts, unless the alert was sent again after it. */
  private recall({ alert, endedAt }: PastEpisode, now: number): void {
    const entry = this.#entries.get(alert.labels.key);
    if (entry === undefined || entry.open !== undefined) return;
    entry.ended = alert;
    if (alert.endsAt === undefined || isOver(entry.known, now) || entry.known.updatedAt > endedAt) return;
    const ended = { ...entry.known, endsAt: alert.endsAt, timeout: false, updatedAt: endedAt };
    this.take(ended, now);
    void this.#writing.add([ended]);
  }

  private async apply(entry: Entry, now: number): Promise<void> {
    const { episodes } = this.#options;
    if (!isOver(entry.known, now)) {
      if (entry.open === undefined) return this.begin(entry, now);
      entry.open = { ...entry.open, annotations: entry.known.annotations, startsAt: earlier(entry.open, entry.known) };
      return episodes.fire(entry.open, now);
    }
    delete entry.suppressed;
    if (entry.open !== undefined) return this.finish(entry, entry.known.endsAt, now);
    const { ended, known: latest } = entry;
    if (ended === undefined || ended.endsAt === latest.endsAt || latest.startsAt > (ended.endsAt ?? 0)) return;
    entry.ended = { ...ended, endsAt: latest.endsAt, annotations: latest.annotations };
    return episodes.revise(entry.ended);
  }

  private begin(entry: Entry, now: number): Promise<void> {
    const { episodes, limits } = this.#options;
    const instance = instanceOf(entry, now);
    const candidate = {
      name: instance.rule.name,
      severity: instance.labels.get('severity'),
      title: titleOf(instance.annotations),
    };
    const reason = limits.reasonAgainst(candidate, () => episodes.active(), now);
    if (reason !== undefined) {
      if (entry.suppressed !== undefined) return Promise.resolve();
      entry.suppressed = reason;
      return episodes.suppress(instance, now, reason);
    }
    limits.count(candidate.name, now);
    delete entry.suppressed;
    delete entry.ended;
    entry.open = instance;
    return episodes.fire(instance, now);
  }

  private finish(entry: Entry, endsAt: number, now: number): Promise<void> {
    const { open } = entry;
    delete entry.open;
    if (open === undefined) return Promise.resolve();
    const { alert, kept } = this.#options.episodes.end({ ...open, annotations: entry.known.annotations }, endsAt, now);
    if (alert !== undefined) entry.ended = alert;
    return kept;
  }

  private schedule(): void {
    if (this.#stopped || this.#timer !== undefined || this.#entries.size === 0) return;
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#timer = undefined;
      this.round();
      this.schedule();
    }, roundMs);
  }

  private round(): void {
    const { clock } = this.#options;
    const [now, nowMs] = [clock.now(), clock.monotonic()];
    const forgotten: KnownAlert[] = [];
    for (const [key, entry] of this.#entries) {
      if (entry.expiresMs > nowMs) continue;
      delete entry.suppressed;
      if (entry.open !== undefined) void this.finish(entry, Math.min(entry.known.endsAt, now), now);
      if (nowMs - entry.expiresMs < rememberedMs) continue;
      this.#entries.delete(key);
      forgotten.push(entry.known);
    }
    if (forgotten.length > 0) void this.keep(() => this.#store.remove(forgotten.map(({ labels }) => labels)));
  }

  /** What nobody waits for; a failure is told, and the next start makes up for it. */
  private async keep(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.#options.logger.error({ error: messageOf(thrown) }, 'what became of a posted alert could not be written');
    }
  }
}

/** A new episode begins after the last one has ended, whatever its sender says. */
function instanceOf({ known: alert, ended }: Entry, now: number): AlertInstance {
  const lastEnd = ended?.endsAt;
  const startsAt = lastEnd !== undefined && alert.startsAt <= lastEnd ? Math.max(lastEnd + 1, now) : alert.startsAt;
  return {
    rule: { group: postedGroup, name: alert.labels.get('alertname') },
    labels: alert.labels,
    annotations: alert.annotations,
    value: 1,
    state: 'firing',
    startsAt,
    firedAt: Math.min(startsAt, now),
  };
}

function earlier(open: AlertInstance, alert: KnownAlert): number {
  return Math.min(open.startsAt, Math.max(alert.startsAt, 0));
}
