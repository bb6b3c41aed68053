import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { adminToken } from '../../support/program.js';
import { shardOf } from './busy-rules.js';
import type { AlertRecord } from './records.js';

const alertCount = 1_000;
/** Prometheus sends so many at once, and a firing alert again after this. */
const batchSize = 64;
const resendMs = 2_000;
const roundMs = 250;
/** A firing alert is valid for so long; longer than the program is ever away. */
const validMs = 60_000;
/** How often an end is sent again that was confirmed. */
const endRepeats = 2;

/** One time from firing to the end. Times are milliseconds since the epoch. */
interface Episode {
  readonly startsAt: number;
  endsAt?: number;
  /** The server has answered 200 to it while it fired. */
  confirmed: boolean;
  /** How often the server has answered 200 to its end. */
  endsConfirmed: number;
}

interface Source {
  readonly labels: Readonly<Record<string, string>>;
  readonly episodes: Episode[];
  nextStartAt: number;
  sentAt: number;
}

/** Another program that has the server for its Alertmanager: it repeats what fires and what has ended, as Prometheus does, and remembers what was confirmed. */
export class Poster {
  readonly #url: string;
  readonly #random: () => number;
  readonly #sources: readonly Source[];
  #ending = false;
  #stopped = false;

  constructor(url: string, random: () => number) {
    this.#url = url;
    this.#random = random;
    const now = Date.now();
    this.#sources = Array.from({ length: alertCount }, (_, i) => ({
      labels: {
        alertname: 'Posted',
        symbol: `P${String(i).padStart(4, '0')}`,
        shard: shardOf(i),
        severity: 'warning',
      },
      episodes: [],
      nextStartAt: now + random() * 60_000,
      sentAt: 0,
    }));
  }

  /** How many episodes were confirmed while they fired. */
  get confirmed(): number {
    return this.#sources.flatMap(({ episodes }) => episodes.filter(({ confirmed }) => confirmed)).length;
  }

  /** Sends on and on, whether the server is there or not, until all is over after `endAll`. */
  async work(): Promise<void> {
    while (!this.#stopped && !(this.#ending && this.isOver())) {
      const due = this.#sources.filter((source) => this.isDue(source, Date.now()));
      // Two requests at a time, as of two Prometheus.
      for (let i = 0; i < due.length; i += 2 * batchSize)
        await Promise.all([
          this.send(due.slice(i, i + batchSize)),
          this.send(due.slice(i + batchSize, i + 2 * batchSize)),
        ]);
      await sleep(roundMs);
    }
  }

  /** Ends everything now; nothing begins any more. */
  endAll(): void {
    this.#ending = true;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Every episode that was confirmed is there, from its start to its end, and none that was not sent. */
  expectKept(alerts: readonly AlertRecord[]): void {
    const kept = alerts
      .filter(({ name }) => name === 'Posted')
      .map(({ labels, startsAt, endsAt }) => episodeText(labels, Date.parse(startsAt), Date.parse(endsAt ?? '')));
    const sent = this.#sources.flatMap(({ labels, episodes }) =>
      episodes.map((one) => ({ ...one, text: episodeText(labels, one.startsAt, one.endsAt ?? NaN) })),
    );
    const keptOnce = new Set(kept);
    expect(kept.length, 'each once').toBe(keptOnce.size);
    expect(sent.filter(({ confirmed, text }) => confirmed && !keptOnce.has(text)).map(({ text }) => text)).toEqual([]);
    const known = new Set(sent.map(({ text }) => text));
    expect(kept.filter((text) => !known.has(text))).toEqual([]);
  }

  private isOver(): boolean {
    return this.#sources.every(({ episodes }) => (episodes.at(-1)?.endsConfirmed ?? 1) > 0);
  }

  /** Lets time pass for one alert, and says whether it is to be sent. */
  private isDue(source: Source, now: number): boolean {
    const { episodes, nextStartAt, sentAt } = source;
    const current = episodes.at(-1);
    const mayBegin = current === undefined || current.endsConfirmed > 0;
    if (mayBegin && !this.#ending && now >= nextStartAt) {
      episodes.push({ startsAt: now, confirmed: false, endsConfirmed: 0 });
      source.nextStartAt = now + 50_000 + this.#random() * 30_000;
      return true;
    }
    if (current === undefined) return false;
    if (current.endsAt === undefined) {
      if (!this.#ending && now < current.startsAt + this.lastsMs(source)) return now - sentAt >= resendMs;
      current.endsAt = now;
      return true;
    }
    return current.endsConfirmed <= endRepeats && now - sentAt >= resendMs;
  }

  /** From 7 to 20 seconds, always the same for an alert. */
  private lastsMs({ labels }: Source): number {
    return 7_000 + (Number(labels['symbol']?.slice(1)) % 14) * 1_000;
  }

  private async send(sources: readonly Source[]): Promise<void> {
    if (sources.length === 0) return;
    const now = Date.now();
    const sent = sources.map((source) => ({ episode: source.episodes.at(-1) as Episode, labels: source.labels }));
    for (const source of sources) source.sentAt = now;
    const body = sent.map(({ episode: { startsAt, endsAt }, labels }) => ({
      labels,
      annotations: { summary: `since ${startsAt}` },
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(endsAt ?? now + validMs).toISOString(),
    }));
    try {
      const response = await fetch(`${this.#url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
        body: JSON.stringify(body),
      });
      await response.body?.cancel();
      if (response.status !== 200) return;
      for (const [i, { episode }] of sent.entries())
        if (Date.parse(body[i]?.endsAt ?? '') > now) episode.confirmed = true;
        else episode.endsConfirmed++;
    } catch {
      // It was killed, or has not begun: sent again when its time has come.
    }
  }
}

function episodeText(labels: Readonly<Record<string, string>>, startsAt: number, endsAt: number): string {
  return `${labels['symbol']} ${startsAt}-${endsAt}`;
}
