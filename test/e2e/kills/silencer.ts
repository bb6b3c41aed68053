import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Program } from '../../support/program.js';
import { randomShard } from './busy-rules.js';
import type { Hold } from './hold.js';
import { asFound, isAsWanted, type Possible } from './possible-silence.js';
import {
  overAlertmanagerApi,
  overGraphql,
  type SilenceApi,
  type SilencedLabel,
  type SilenceRecord,
} from './silence-api.js';

interface Known {
  /** One, unless a request was cut off: then the next start tells. */
  possible: readonly Possible[];
  hold: Hold | undefined;
}

const mostAtOnce = 4;
/** Clients of this API say when a silence starts; one that starts now has started when it arrives. */
const startsNow = 0;

/** Somebody who makes, changes and ends silences, both ways, and remembers what the server has confirmed. */
export class Silencer {
  readonly holds: Hold[] = [];
  confirmed = 0;
  readonly #random: () => number;
  readonly #known = new Map<string, Known>();
  /** Asked for and not confirmed, by comment: they may be there. */
  readonly #unconfirmed = new Map<string, Possible>();
  #asked = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  async work(program: Program, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await sleep(100 + this.#random() * 500);
      const api = this.#random() < 0.5 ? overGraphql : overAlertmanagerApi;
      const alive = [...this.#known].filter(([, { possible }]) => possible.length === 1 && isAlive(possible[0]));
      const [id, known] = alive[Math.floor(this.#random() * alive.length)] ?? [];
      const choice = this.#random();
      try {
        if (id === undefined || known === undefined || (choice < 0.4 && alive.length < mostAtOnce))
          await this.make(program, api);
        else if (choice < 0.7) await this.changeEnd(program, api, id, known);
        else if (choice < 0.85) await this.changeMatcher(program, api, id, known);
        else await this.expire(program, api, id, known);
      } catch (thrown) {
        // Killed meanwhile: this one was not confirmed. A refusal is another matter.
        if (!isOver()) throw thrown;
      }
    }
  }

  /** Every confirmed silence is there as it was confirmed, and none is there that nobody wanted. Asked before anybody changes one. */
  async expectKept(program: Program): Promise<void> {
    for (const api of [overGraphql, overAlertmanagerApi]) {
      const before = Date.now();
      const records = await api.all(program);
      const seen = { before, after: Date.now() };
      const byId = new Map(records.map((record) => [record.id, record]));
      for (const record of records) if (!this.#known.has(record.id)) this.adopt(record);
      for (const [id, known] of this.#known) {
        const found = known.possible.filter((one) => isAsWanted(byId.get(id), one, seen));
        expect(found.length, `${id}: ${JSON.stringify([known.possible, byId.get(id)])}`).toBeGreaterThan(0);
        known.possible = found.map((one) => asFound(one, byId.get(id)));
        if (known.hold === undefined && found.length === 1) this.hold(id, known, seen.after);
      }
    }
  }

  private async make(program: Program, api: SilenceApi): Promise<void> {
    const one = this.wanted();
    const id = await this.ask(one, () => api.set(program, one.wanted));
    this.confirm(id, one);
  }

  private async changeEnd(program: Program, api: SilenceApi, id: string, known: Known): Promise<void> {
    const [{ wanted: past }] = known.possible as [Possible];
    const { startsAt } = await this.recordOf(program, api, id);
    const now = Date.now();
    // One that begins before the change arrives is not changed in place.
    if (startsAt > now && startsAt < now + 2_000) return;
    const one: Possible = {
      sentAt: now,
      wanted: { ...past, startsAt, endsAt: this.endAfter(Math.max(startsAt, now)), comment: this.comment() },
    };
    const changed = await this.change(known, one, () => api.set(program, one.wanted, id));
    expect(changed, 'changed in place').toBe(id);
    this.confirm(id, one);
  }

  private async changeMatcher(program: Program, api: SilenceApi, id: string, known: Known): Promise<void> {
    const [{ wanted: before }] = known.possible as [Possible];
    let one = this.wanted();
    // With the matcher that it has it would be changed in place.
    while (isSameMatcher(one.wanted.matcher, before.matcher)) one = this.wanted();
    const past = this.endedNow(known);
    const made = await this.ask(one, () => this.change(known, past, () => api.set(program, one.wanted, id)));
    expect(made, 'another one').not.toBe(id);
    this.end(known, past);
    this.confirm(made, one);
  }

  private async expire(program: Program, api: SilenceApi, id: string, known: Known): Promise<void> {
    const past = this.endedNow(known);
    await this.change(known, past, () => api.expire(program, id));
    this.end(known, past);
    this.confirmed++;
  }

  private async recordOf(program: Program, api: SilenceApi, id: string): Promise<SilenceRecord> {
    const record = (await api.all(program)).find((one) => one.id === id);
    expect(record, id).toBeDefined();
    return record as SilenceRecord;
  }

  /** Until the server confirms it, it may be there or not. */
  private async ask<T>(one: Possible, request: () => Promise<T>): Promise<T> {
    this.#unconfirmed.set(one.wanted.comment, one);
    const answer = await request();
    this.#unconfirmed.delete(one.wanted.comment);
    return answer;
  }

  /** Until the server confirms it, it may be as it was or as it is to be; it holds for certain only while nothing was asked for. */
  private async change<T>(known: Known, next: Possible, request: () => Promise<T>): Promise<T> {
    const now = Date.now();
    if (known.hold !== undefined) known.hold.to = Math.min(known.hold.to, now);
    known.hold = undefined;
    known.possible = [...known.possible, next];
    try {
      return await request();
    } finally {
      if (next.ended !== undefined) next.ended.to = Date.now();
    }
  }

  private confirm(id: string, one: Possible): void {
    const known: Known = { possible: [one], hold: undefined };
    this.#known.set(id, known);
    this.hold(id, known, Date.now());
    this.confirmed++;
  }

  private end(known: Known, past: Possible): void {
    known.possible = [past];
  }

  private hold(id: string, known: Known, confirmedAt: number): void {
    const [one] = known.possible;
    if (one === undefined || one.ended !== undefined) return;
    const { matcher, startsAt, endsAt } = one.wanted;
    const hold = { silenceId: id, matcher, from: Math.max(confirmedAt, startsAt), to: endsAt };
    known.hold = hold;
    this.holds.push(hold);
  }

  /** One that is there although its request was cut off. */
  private adopt(record: SilenceRecord): void {
    const one = this.#unconfirmed.get(record.comment);
    expect(one, `nobody wanted ${JSON.stringify(record)}`).toBeDefined();
    this.#unconfirmed.delete(record.comment);
    this.#known.set(record.id, { possible: [one as Possible], hold: undefined });
  }

  private wanted(): Possible {
    const now = Date.now();
    const startsAt = this.#random() < 0.7 ? startsNow : now + Math.round(this.#random() * 5_000);
    const endsAt = this.endAfter(Math.max(startsAt, now));
    return { sentAt: now, wanted: { matcher: this.matcher(), startsAt, endsAt, comment: this.comment() } };
  }

  private matcher(): SilencedLabel {
    const shard = randomShard(this.#random);
    const choice = this.#random();
    if (choice < 0.6) return { name: 'shard', isRegex: false, value: shard };
    if (choice < 0.9) return { name: 'symbol', isRegex: true, value: `[SP]0[0-9]${shard.slice(1)}[0-4]` };
    return { name: 'alertname', isRegex: true, value: 'Every[357]' };
  }

  private endAfter(from: number): number {
    return from + 1_000 + Math.round(this.#random() * 20_000);
  }

  private comment(): string {
    return `silence ${this.#asked++}`;
  }

  private endedNow({ possible }: Known): Possible {
    const [{ wanted, sentAt }] = possible as [Possible];
    return { wanted, sentAt, ended: { from: Date.now(), to: Infinity } };
  }
}

/** Surely: one that is about to end may have ended when a change arrives. */
function isSameMatcher(a: SilencedLabel, b: SilencedLabel): boolean {
  return a.name === b.name && a.isRegex === b.isRegex && a.value === b.value;
}

function isAlive(one: Possible | undefined): boolean {
  return one !== undefined && one.ended === undefined && one.wanted.endsAt > Date.now() + 1_000;
}
