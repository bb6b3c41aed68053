import type { Silence } from '@tapewatch/alerts';
import { accepted, messageOf, refused, type CommandResult } from '@tapewatch/model';
import { QueryLimitError } from '@tapewatch/promql';
import type { BacktestRequest, BacktestResult, TimeRange } from './backtest-result.js';
import type { BacktestSurroundings } from './backtest-surroundings.js';
import { Blocks } from './blocks.js';
import { chooseSides, subjectsOf, type Sides } from './choose-sides.js';
import { compare } from './comparison.js';
import { holesIn, shortestHoleMs } from './holes.js';
import { rangeOf } from './range.js';
import { ReplayHistory } from './replay-history.js';
import { RuleReplay } from './rule-replay.js';
import { SelectorWatch } from './selector-watch.js';
import { askedBy, queriesOf, selectorsIn } from './subject.js';

export interface BacktestWatch {
  readonly signal?: AbortSignal;
  /** Called now and then, with milliseconds of the range. */
  readonly progress?: (done: number, total: number) => void;
  /** Called after every second that was judged; what it waits for, the replay waits for. */
  readonly breathe?: () => Promise<void> | undefined;
  /** Longer than this it may not take; absent: any time. */
  readonly deadlineMs?: number;
}

const secondMs = 1_000;
const defaultFlapMs = 300_000;

/**
 * Replays the history between two times through the rules' engine, the state of alerts, routes and grouping as they are in production, under a
 * clock of its own. Nothing is sent, and nothing is kept. Refuses what cannot be replayed; throws only what is a bug.
 */
export async function runBacktest(
  request: BacktestRequest,
  around: BacktestSurroundings,
  watch: BacktestWatch = {},
): Promise<CommandResult<BacktestResult>> {
  const sides = await chooseSides(request, around);
  if (!sides.ok) return sides;
  const asked = subjectsOf(sides.value).flatMap(askedBy);
  const range = rangeOf(request, around, asked);
  if (!range.ok) return range;
  const begunMs = around.clock.monotonic();
  const replay = new Replay(request, around, sides.value, { ...range.value, asked });
  try {
    const result = await replay.run(watch);
    if (result.ok) return accepted({ ...result.value, tookMs: around.clock.monotonic() - begunMs });
    return result;
  } catch (thrown) {
    if (thrown instanceof QueryLimitError)
      return refused('QUERY_LIMIT', `the rule reads too much for a backtest: ${thrown.message}`);
    if (thrown instanceof UnreadableError) return refused('UNAVAILABLE', thrown.message);
    throw thrown;
  } finally {
    await replay.close();
  }
}

/** The disk, or the backend, does not give what is stored. */
class UnreadableError extends Error {
  constructor(cause: unknown) {
    super(`the metric history cannot be read (${messageOf(cause)})`, { cause });
  }
}

/** What goes over a limit passes as it is. */
async function read<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    throw thrown instanceof QueryLimitError ? thrown : new UnreadableError(thrown);
  }
}

type Ended = Omit<BacktestResult, 'tookMs'>;

interface Course {
  readonly from: number;
  readonly to: number;
  readonly rawFromMs: number;
  readonly asked: ReturnType<typeof askedBy>;
}

/** One backtest: one or two rules over the same stretches of history. */
class Replay {
  readonly #around: BacktestSurroundings;
  readonly #sides: Sides;
  readonly #course: Course;
  readonly #flapWithinMs: number;
  readonly #withSilences: boolean;
  readonly #history: ReplayHistory;
  readonly #blocks: Blocks;
  readonly #replays: RuleReplay[] = [];

  constructor(request: BacktestRequest, around: BacktestSurroundings, sides: Sides, course: Course) {
    this.#around = around;
    this.#sides = sides;
    this.#course = course;
    this.#flapWithinMs = request.flapWithinMs ?? defaultFlapMs;
    this.#withSilences = request.withSilences ?? false;
    this.#history = new ReplayHistory(around.metrics, selectorsIn(course.asked.map(({ expression }) => expression)));
    this.#blocks = new Blocks({ history: this.#history, asked: course.asked, rawFromMs: course.rawFromMs });
  }

  async run(watch: BacktestWatch): Promise<CommandResult<Ended>> {
    const { from, to } = this.#course;
    const { history, remote } = this.#around.metrics;
    // A backend has samples in its own rhythm.
    const holes = remote ? [] : await read(holesIn(history, from, to));
    const { silences } = this.#around;
    const kept = this.#withSilences && silences !== undefined ? await read(silences()) : [];
    for (const subject of subjectsOf(this.#sides)) await this.#open(subject, kept);
    if (!remote && (await read(history.completeness(from - shortestHoleMs, from))) === 0)
      for (const replay of this.#replays) replay.start();
    const beginsMs = Math.min(from, ...this.#replays.map((replay) => replay.beginsMs));
    const seen = new SelectorWatch(this.#sides.tested.alerts.flatMap(({ rule }) => selectorsIn(queriesOf(rule))));
    let hole = 0;
    for (let at = beginsMs; at <= to; at += secondMs) {
      const stop = this.#stopped(at, watch);
      if (stop !== undefined) return stop;
      const missing = holes[hole];
      if (missing !== undefined && at >= missing.from) {
        hole++;
        at = missing.to;
        if (at > to) break;
        for (const replay of this.#replays) replay.restart(missing);
      }
      await read(this.#blocks.ready(at, to));
      if (at < from) for (const replay of this.#replays) replay.warmUp(at);
      else await this.#judge(at, seen);
      if (at % 60_000 === 0) watch.progress?.(at - beginsMs, to - beginsMs);
      const breath = watch.breathe?.();
      if (breath !== undefined) await breath;
    }
    watch.progress?.(to - beginsMs, to - beginsMs);
    return accepted(await this.#conclude(holes, seen));
  }

  async close(): Promise<void> {
    await Promise.all(this.#replays.map((replay) => replay.close()));
  }

  async #open(subject: Sides['tested'], silences: readonly Silence[]): Promise<void> {
    const { route, receivers, externalUrl, language, clock, timeWindows, inhibitRules } = this.#around;
    this.#replays.push(
      await RuleReplay.open({
        ...{ subject, route, receivers, externalUrl, clock, history: this.#history },
        ...{ fromMs: this.#course.from, flapWithinMs: this.#flapWithinMs, silences },
        ...{ timeWindows: timeWindows ?? new Map(), inhibitRules: inhibitRules ?? [] },
        ...(language === undefined ? {} : { language }),
      }),
    );
  }

  async #judge(at: number, seen: SelectorWatch): Promise<void> {
    for (const [i, replay] of this.#replays.entries()) {
      await replay.evaluate(at);
      if (i === 0) seen.look(at, replay.source);
    }
  }

  #stopped(at: number, { signal, deadlineMs = Infinity }: BacktestWatch): CommandResult<Ended> | undefined {
    if (signal?.aborted === true) return refused('UNAVAILABLE', 'the backtest was cancelled');
    if (at % 10_000 !== 0 || this.#around.clock.monotonic() <= deadlineMs) return undefined;
    return refused(
      'QUERY_LIMIT',
      `the backtest takes too long: it came as far as ${new Date(at).toISOString()}. Take a shorter range, or run it without the server`,
    );
  }

  async #conclude(holes: readonly TimeRange[], seen: SelectorWatch): Promise<Ended> {
    const { from, to } = this.#course;
    const { history } = this.#around.metrics;
    const outcomes = [];
    for (const replay of this.#replays) outcomes.push(await replay.end(to));
    const [outcome, current] = outcomes;
    const [tested, running] = this.#replays;
    if (outcome === undefined || tested === undefined) throw new Error('nothing was replayed');
    const minutesUntil = this.#blocks.minutesUntil;
    return {
      rule: tested.subject.name,
      ...{ from, to, outcome },
      data: {
        completeness: await read(history.completeness(from, to + secondMs)),
        holes,
        selectors: seen.selectors((matchers) => this.#history.seriesOf(matchers)),
        ...(minutesUntil === undefined ? {} : { minutesUntil }),
      },
      ...(current === undefined || running === undefined
        ? {}
        : {
            current,
            comparison: compare(
              { subject: running.subject, firings: running.allFirings(), totals: current.totals },
              { subject: tested.subject, firings: tested.allFirings(), totals: outcome.totals },
              to,
            ),
          }),
    };
  }
}
