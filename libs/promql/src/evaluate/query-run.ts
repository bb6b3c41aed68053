import type { Matcher } from '@tapewatch/model';
import { QueryLimitError } from '../errors.js';
import type { EvaluateOptions, Note, QueryLimits } from '../query-result.js';
import type { SeriesReader, SeriesSource } from '../series-source.js';
import type { SourceRange } from '../syntax/source-range.js';
import type { InstantVector } from './instant-vector.js';

const defaultLookbackMs = 300_000;
const defaultSubqueryStepMs = 60_000;
/** A step of one series takes about as long as to look at the clock. */
const seriesPerLook = 256;

export interface QueryTimes {
  readonly startMs: number;
  readonly endMs: number;
  /** A range query, even when it has one step only; absent for an instant query. */
  readonly stepMs?: number;
}

/** What is put behind a message when the query is answered. */
export interface NoteDetail {
  text(): string;
}

/** All that belongs to one evaluation of an expression: where it reads, what it may use up, what it has to say. */
export class QueryRun {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number | undefined;
  readonly lookbackMs: number;
  readonly defaultStepMs: number;
  readonly #source: SeriesSource;
  readonly #limits: QueryLimits;
  readonly #readers: (readonly SeriesReader[] | undefined)[] = [];
  readonly #subqueries: (Map<number, InstantVector> | undefined)[] = [];
  readonly #warnings = new Map<string, Note>();
  readonly #infos = new Map<string, Note>();
  readonly #details = new Map<string, NoteDetail>();
  #samples = 0;
  #points = 0;
  #sinceLook = seriesPerLook;

  constructor(source: SeriesSource, times: QueryTimes, options: EvaluateOptions) {
    this.startMs = times.startMs;
    this.endMs = times.endMs;
    this.stepMs = times.stepMs;
    this.lookbackMs = options.lookbackMs ?? defaultLookbackMs;
    this.defaultStepMs = options.defaultStepMs ?? defaultSubqueryStepMs;
    this.#source = source;
    this.#limits = options.limits ?? {};
  }

  get isRange(): boolean {
    return this.stepMs !== undefined;
  }

  get warnings(): Note[] {
    return [...this.#warnings.values()];
  }

  get infos(): Note[] {
    return Array.from(this.#infos, ([message, note]) => {
      const detail = this.#details.get(message);
      return detail === undefined ? note : { ...note, message: message + detail.text() };
    });
  }

  /** One message is told once, about the place it was last met at, as Prometheus does. */
  warn(message: string, range: SourceRange): void {
    note(this.#warnings, `PromQL warning: ${message}`, range);
  }

  inform(message: string, range: SourceRange): void {
    note(this.#infos, `PromQL info: ${message}`, range);
  }

  /** A message of which later ones with the same text only change the details; the place is the first one's. */
  informOnce<D extends NoteDetail>(message: string, range: SourceRange, detail: D, merge: (known: D) => void): void {
    const key = `PromQL info: ${message}`;
    const known = this.#details.get(key) as D | undefined;
    if (known !== undefined) return merge(known);
    note(this.#infos, key, range);
    this.#details.set(key, detail);
  }

  /** The series of the selector that has this slot in the plan; asked of the source once a run. */
  select(slot: number, matchers: readonly Matcher[], fromMs: number, toMs: number): readonly SeriesReader[] {
    const known = this.#readers[slot];
    if (known !== undefined) return known;
    const { maxSeries = Infinity } = this.#limits;
    const readers: SeriesReader[] = [];
    for (const reader of this.#source.select(matchers, fromMs, toMs)) {
      readers.push(reader);
      if (readers.length <= maxSeries) continue;
      throw new QueryLimitError('maxSeries', `a selector found more than ${maxSeries} series, the limit of a query`);
    }
    this.#readers[slot] = readers;
    return readers;
  }

  /** What the subquery of this slot, or the part whose result never changes, has found so far, by time. */
  subqueryResults(slot: number): Map<number, InstantVector> {
    return (this.#subqueries[slot] ??= new Map<number, InstantVector>());
  }

  /** Called for every stretch of samples that was read. */
  countSamples(count: number): void {
    this.#samples += count;
    const { maxSamples = Infinity } = this.#limits;
    if (this.#samples <= maxSamples) return;
    throw new QueryLimitError('maxSamples', `the query read more than ${maxSamples} samples, the limit of a query`);
  }

  countPoints(count: number): void {
    this.#points += count;
    const { maxPoints = Infinity } = this.#limits;
    if (this.#points <= maxPoints) return;
    throw new QueryLimitError('maxPoints', `the result has more than ${maxPoints} points, the limit of a query`);
  }

  /** Called now and then, with about how many series were read since; looks at the clock, at first and then after every so many. */
  checkDeadline(series = seriesPerLook): void {
    this.#sinceLook += series;
    if (this.#sinceLook < seriesPerLook) return;
    this.#sinceLook = 0;
    if (this.#limits.deadline?.() !== true) return;
    throw new QueryLimitError('deadline', 'the query took longer than it may');
  }
}

function note(notes: Map<string, Note>, message: string, range: SourceRange): void {
  notes.set(message, { message, range });
}
