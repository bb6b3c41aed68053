import type { Database } from '@tapewatch/database';
import {
  accepted,
  messageOf,
  refused,
  type Clock,
  type CommandResult,
  type EventLog,
  type Logger,
  type Page,
  type PageRequest,
  type Language,
} from '@tapewatch/model';
import { CronSchedule } from './cron.js';
import { computeDailyReport, type ReportRange, type ReportSources } from './daily/compute-daily-report.js';
import type { DailyReport } from './daily/daily-report.js';
import { lastWholeDay, reportRange } from './range.js';
import { renderHtml } from './render/render-html.js';
import { renderMarkdown } from './render/render-markdown.js';
import type { ReportEvent, ReportHead, ReportKind } from './report.js';
import { ReportHistory, type Due } from './report-history.js';
import { reportMessage, type ReportDelivery } from './report-message.js';
import { ReportSchedule } from './report-schedule.js';

export interface ScheduledReport {
  readonly kind: 'daily';
  /** Five cron fields. */
  readonly cron: string;
  readonly zone: string;
  readonly receivers: readonly string[];
  readonly language: Language;
}

export interface ReportsOptions {
  readonly database: Database;
  readonly sources: ReportSources;
  readonly scheduled: readonly ScheduledReport[];
  readonly delivery: ReportDelivery;
  /** Called with every event once it is durable, in order. */
  readonly publish: (event: ReportEvent) => void;
  /** Base of links. */
  readonly externalUrl: () => string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

export interface ReportRequest {
  readonly kind: ReportKind;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export type ReportFormat = 'markdown' | 'html';

/** A report that is made while others wait takes memory; more than these are refused. */
const mostWaiting = 8;

/** Makes, keeps and sends reports. */
export class Reports {
  readonly #options: ReportsOptions;
  readonly #history: ReportHistory;
  readonly #schedules: ReportSchedule[] = [];
  /** One at a time. */
  #line: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #stopped = false;

  constructor(options: ReportsOptions) {
    this.#options = options;
    this.#history = new ReportHistory(options.database);
  }

  get events(): EventLog<ReportEvent> {
    return this.#history;
  }

  /** Makes what was missed and waits for what is due. */
  async start(): Promise<void> {
    for (const scheduled of this.#options.scheduled) {
      const key = scheduleKey(scheduled);
      const since = await this.#history.scheduleSince(key, this.#options.clock.now());
      const schedule = new ReportSchedule({
        ...this.#options,
        cron: new CronSchedule(scheduled.cron, scheduled.zone),
        since,
        make: (at) => this.makeScheduled(scheduled, { schedule: key, at }),
      });
      this.#schedules.push(schedule);
      await this.tellUntold(key, scheduled).catch((thrown: unknown) =>
        this.#options.logger.error({ error: messageOf(thrown) }, 'nobody could be told of a report'),
      );
      schedule.start();
    }
  }

  /** Gives up what is being made; a scheduled one is made at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#schedules.map((schedule) => schedule.stop()));
    await this.#line;
  }

  /** Makes a report now and keeps it; nobody is told. */
  async generate(request: ReportRequest): Promise<CommandResult<ReportHead>> {
    if (request.kind !== 'daily') {
      const message = `Reports of the kind ${request.kind.toUpperCase()} need a portfolio, which this version does not watch; ask for DAILY`;
      return refused('INVALID_INPUT', message, 'kind');
    }
    const range = reportRange(request, this.#options.clock.now());
    if (!range.ok) return range;
    if (this.#waiting >= mostWaiting) return refused('UNAVAILABLE', 'other reports are being made; try again later');
    try {
      return accepted(await this.make(range.value, 'en'));
    } catch (thrown) {
      this.#options.logger.error({ error: messageOf(thrown) }, 'a report could not be made');
      return refused('UNAVAILABLE', `the report could not be made: ${messageOf(thrown)}`);
    }
  }

  /** Newest first. */
  page(request: PageRequest & { readonly kind?: ReportKind }): Promise<CommandResult<Page<ReportHead>>> {
    return this.#history.page(request);
  }

  find(id: string): Promise<ReportHead | undefined> {
    return this.#history.find(id);
  }

  data(id: string): Promise<DailyReport | undefined> {
    return this.#history.data(id);
  }

  /** The same text whenever it is asked for; undefined when there is no such report. */
  async rendered(id: string, format: ReportFormat, language?: Language): Promise<string | undefined> {
    const [head, report] = await Promise.all([this.#history.find(id), this.#history.data(id)]);
    if (head === undefined || report === undefined) return undefined;
    return (format === 'html' ? renderHtml : renderMarkdown)(head, report, language ?? head.language);
  }

  private make(range: ReportRange, language: Language, due?: Due, toTell = false): Promise<ReportHead> {
    this.#waiting++;
    const made = this.#line.then(async () => {
      const report = await computeDailyReport({ ...this.#options.sources, breathe: () => this.breathe() }, range);
      const head: ReportHead = {
        id: this.newId(range),
        kind: 'daily',
        from: range.fromMs,
        to: range.toMs,
        createdAt: this.#options.clock.now(),
        completeness: report.completeness,
        language,
      };
      const event = await this.#history.write(head, report, due, toTell);
      this.#options.publish(event);
      this.#options.logger.info({ report: head.id, completeness: head.completeness }, 'report made');
      return head;
    });
    this.#line = made.then(
      () => undefined,
      () => undefined,
    );
    return made.finally(() => this.#waiting--);
  }

  private async breathe(): Promise<void> {
    await this.#options.sources.breathe();
    if (this.#stopped) throw new Error('the program is being stopped');
  }

  private async makeScheduled(scheduled: ScheduledReport, due: Due): Promise<void> {
    const range = { ...lastWholeDay(due.at), cutOff: false };
    if (!(await this.#history.isMade(due)))
      await this.make(range, scheduled.language, due, scheduled.receivers.length > 0);
    await this.tellUntold(due.schedule, scheduled);
  }

  /** The program may have ended between making a report and telling of it. */
  private async tellUntold(key: string, scheduled: ScheduledReport): Promise<void> {
    for (const head of await this.#history.untold(key)) await this.tell(head, scheduled);
  }

  private async tell(head: ReportHead, { receivers, language }: ScheduledReport): Promise<void> {
    const report = receivers.length === 0 ? undefined : await this.#history.data(head.id);
    if (report === undefined) return;
    const message = reportMessage(head, report, language, this.#options.externalUrl());
    for (const receiver of receivers) await this.#options.delivery.tell(receiver, message);
    await this.#history.noteTold(head.id);
  }

  /** The day it begins on, and something that nobody can guess. */
  private newId({ fromMs }: ReportRange): string {
    const chance = Math.floor(this.#options.random() * 36 ** 8)
      .toString(36)
      .padStart(8, '0');
    return `daily-${new Date(fromMs).toISOString().slice(0, 10)}-${chance}`;
  }
}

/** The same schedule over restarts: a changed one is a new one. */
function scheduleKey({ kind, cron, zone, receivers, language }: ScheduledReport): string {
  return JSON.stringify([kind, cron, zone, receivers, language]);
}
