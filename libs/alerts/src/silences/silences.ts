import { randomUUID } from 'node:crypto';
import type { Database } from '@tapewatch/database';
import {
  accepted,
  messageOf,
  refused,
  type Clock,
  type CommandResult,
  type Labels,
  type Logger,
} from '@tapewatch/model';
import { inTime } from '../in-time.js';
import { matchesAll, phaseOf, stateOf, type Silence, type SilenceView } from './silence.js';
import {
  canChangeInPlace,
  defaultSilenceLimits,
  draftSilence,
  type SilenceLimits,
  type WantedSilence,
} from './silence-draft.js';
import { SilenceIndex } from './silence-index.js';
import { silenceKeptMs, SilenceStore } from './silence-store.js';

export interface SilencesOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: SilenceLimits;
  /** Makes a UUID. */
  readonly newId?: () => string;
}

/** Which silences match an alert's labels, whether they count at present or not, as of a version of their set. */
export interface Cover {
  readonly version: number;
  readonly ids: readonly string[];
}

interface Kept {
  readonly silence: Silence;
  /** Grows with every silence; what matches, and so a cover, changes only with it. */
  readonly version: number;
}

/** Every silence that is kept, with Alertmanager's rules for changing them. */
export class Silences {
  readonly #options: SilencesOptions;
  readonly #store: SilenceStore;
  readonly #limits: SilenceLimits;
  /** By id, the newest version last. */
  readonly #kept = new Map<string, Kept>();
  #version = 0;
  #index: { readonly version: number; readonly index: SilenceIndex } | undefined;
  #newest: { readonly since: number; readonly version: number; readonly silences: readonly Silence[] } | undefined;
  /** Those that count, as of the newest look at the clock. */
  #active: ReadonlySet<string> = new Set();
  #changed: () => void = () => undefined;
  /** Commands come one after the other. */
  #tail: Promise<unknown> = Promise.resolve();

  static async open(options: SilencesOptions): Promise<Silences> {
    const silences = new Silences(options);
    for (const silence of await silences.#store.all()) silences.keep(silence);
    silences.look(options.clock.now());
    return silences;
  }

  private constructor(options: SilencesOptions) {
    this.#options = options;
    this.#store = new SilenceStore(options.database);
    this.#limits = options.limits ?? defaultSilenceLimits;
  }

  /** Called when the set of silences has changed, once that is durable. */
  onChange(listener: () => void): void {
    this.#changed = listener;
  }

  /** As Alertmanager sorts them: active ones by their end, pending ones by their start, expired ones the newest end first. */
  all(): readonly SilenceView[] {
    const now = this.#options.clock.now();
    const rank = { active: 0, pending: 1, expired: 2 };
    return [...this.#kept.values()]
      .map(({ silence }): SilenceView => ({ ...silence, state: stateOf(silence, now) }))
      .sort((a, b) => {
        const byTime = { active: a.endsAt - b.endsAt, pending: a.startsAt - b.startsAt, expired: b.endsAt - a.endsAt };
        return rank[a.state] - rank[b.state] || byTime[a.state] || (a.id < b.id ? -1 : 1);
      });
  }

  find(id: string): SilenceView | undefined {
    const kept = this.#kept.get(id);
    return kept === undefined ? undefined : this.view(kept.silence);
  }

  /**
   * Makes a silence, or changes the one whose id is given: in place where that changes nothing of what it has done, else the old
   * one expires and a new one takes its place. Durable once it resolves. Refuses what is wrong with it.
   */
  set(wanted: WantedSilence, { commentNeeded = true } = {}): Promise<CommandResult<SilenceView>> {
    return this.inTurn(async () => {
      const now = this.#options.clock.now();
      const past = wanted.id === undefined ? undefined : this.#kept.get(wanted.id)?.silence;
      if (wanted.id !== undefined && past === undefined) return unknown(wanted.id);
      const draft = draftSilence(wanted, now, this.#limits, commentNeeded);
      if (!draft.ok) return draft;
      const phase = past === undefined ? 'expired' : phaseOf(past, now);
      if (past !== undefined && canChangeInPlace(past, draft.value, phase, now))
        return this.commit([
          { ...past, ...draft.value, ...(phase === 'active' ? { startsAt: past.startsAt } : {}), updatedAt: now },
        ]);
      if (this.#kept.size >= this.#limits.count) {
        const message = `there are ${this.#kept.size} silences, and no more are kept; expired ones go after 5 days`;
        return refused('CONFLICT', message);
      }
      const made: Silence = {
        ...draft.value,
        id: (this.#options.newId ?? randomUUID)(),
        startsAt: Math.max(draft.value.startsAt, now),
        updatedAt: now,
        ended: false,
      };
      return this.commit([made, ...(past === undefined || phase === 'expired' ? [] : [ended(past, now)])]);
    });
  }

  /** Ends a silence now. One that is over already stays as it is. Durable once it resolves. */
  expire(id: string): Promise<CommandResult<SilenceView>> {
    return this.inTurn(async () => {
      const now = this.#options.clock.now();
      const silence = this.#kept.get(id)?.silence;
      if (silence === undefined) return unknown(id);
      return phaseOf(silence, now) === 'expired' ? accepted(this.view(silence)) : this.commit([ended(silence, now)]);
    });
  }

  /** Looks at the clock: which silences have begun or ended to count since the last look. Forgets those long over. */
  look(now: number): ReadonlySet<string> {
    const active = new Set<string>();
    for (const [id, { silence }] of this.#kept) {
      if (stateOf(silence, now) === 'active') active.add(id);
      else if (silence.endsAt + silenceKeptMs < now) this.#kept.delete(id);
    }
    const past = this.#active;
    this.#active = active;
    return new Set([...[...active].filter((id) => !past.has(id)), ...[...past].filter((id) => !active.has(id))]);
  }

  /** How long nothing begins or ends, at least, in milliseconds; Infinity: nothing will. */
  quietMs(now: number): number {
    let next = Infinity;
    for (const { silence } of this.#kept.values()) {
      if (phaseOf(silence, now) === 'expired') continue;
      if (silence.startsAt > now) next = Math.min(next, silence.startsAt);
      next = Math.min(next, silence.endsAt);
      // Times of recurrence are whole minutes.
      if (silence.recurring !== undefined) next = Math.min(next, (Math.floor(now / 60_000) + 1) * 60_000);
    }
    return next - now;
  }

  /** Brings what is known of an alert's silences up to date; only silences made since are held against its labels. */
  coverOf(labels: Labels, known?: Cover): Cover {
    const version = this.#version;
    if (known === undefined) return { version, ids: this.index().matching(labels) };
    if (known.version === version) return known;
    const found: string[] = [];
    for (const { id, matchers } of this.since(known.version)) if (matchesAll(matchers, labels)) found.push(id);
    return { version, ids: [...known.ids.filter((id) => this.#kept.has(id)), ...found] };
  }

  /** The ones of a cover that count, as of the newest look. */
  countingIn({ ids }: Cover): readonly string[] {
    return ids.filter((id) => this.#active.has(id));
  }

  /** For people: whose it is and why. */
  describe(id: string): string {
    const silence = this.#kept.get(id)?.silence;
    return silence === undefined ? id : `${id} by ${silence.createdBy}: ${silence.comment}`;
  }

  /** Of all that count now, will, or would again if the clock were set back. */
  private index(): SilenceIndex {
    if (this.#index?.version === this.#version) return this.#index.index;
    const silences = [...this.#kept.values()].map(({ silence }) => silence);
    const index = new SilenceIndex(silences.filter(({ ended }) => !ended));
    this.#index = { version: this.#version, index };
    return index;
  }

  /** The ones made after a version; the newest stand last. */
  private since(version: number): readonly Silence[] {
    if (this.#newest?.since === version && this.#newest.version === this.#version) return this.#newest.silences;
    const silences = [...this.#kept.values()].filter((kept) => kept.version > version).map(({ silence }) => silence);
    this.#newest = { since: version, version: this.#version, silences };
    return silences;
  }

  private view(silence: Silence): SilenceView {
    return { ...silence, state: stateOf(silence, this.#options.clock.now()) };
  }

  private keep(silence: Silence): void {
    const known = this.#kept.get(silence.id);
    const version = known?.version ?? ++this.#version;
    this.#kept.set(silence.id, { silence, version });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  /** It counts once it is on disk, also when the disk takes longer than whoever asked may wait. */
  private async commit(silences: readonly [Silence, ...Silence[]]): Promise<CommandResult<SilenceView>> {
    const written = this.#store.write(silences).then(
      () => {
        for (const silence of silences) this.keep(silence);
        this.#changed();
        return true;
      },
      (thrown: unknown) => {
        this.#options.logger.error({ error: messageOf(thrown) }, 'a silence cannot be written');
        return false;
      },
    );
    const kept = await inTime(this.#options.clock, written);
    return kept ? accepted(this.view(silences[0])) : refused('UNAVAILABLE', 'the silence could not be written to disk');
  }
}

/** Over at once, also one that has not begun. */
function ended(silence: Silence, now: number): Silence {
  return { ...silence, startsAt: Math.min(silence.startsAt, now), endsAt: now, updatedAt: now, ended: true };
}

function unknown<T>(id: string): CommandResult<T> {
  return refused('NOT_FOUND', `no silence has the id ${id}`, 'id');
}
