import { accepted, refused } from '@tapewatch/model';
import type { DailyReport, PipelineCommands, PipelineReader, ReportEvent, ReportHead } from '@tapewatch/pipeline';
import { sampleReport, sampleStart } from '../sample-data.js';
import { FakeEventStream } from './fake-event-stream.js';
import { pageOf } from './page-of.js';

/** Reports that were made; their figures and texts say nothing. */
export class FakeReports {
  readonly stream = new FakeEventStream<ReportEvent>();

  readonly read = {
    reports: (request) => {
      const all = this.stream.events.map(({ report }) => report);
      const found = all.filter(({ kind }) => request.kind === undefined || kind === request.kind);
      return Promise.resolve(accepted(pageOf(found.toReversed(), request)));
    },
    report: (id) => Promise.resolve(this.#find(id)),
    // A report's figures are only handed on here.
    reportData: (id) => Promise.resolve(this.#find(id) === undefined ? undefined : ({ version: 1 } as DailyReport)),
    reportText: (id, format, language) =>
      Promise.resolve(
        this.#find(id) === undefined ? undefined : `${format} of ${id} in ${language ?? 'its own language'}`,
      ),
  } satisfies Partial<PipelineReader>;

  readonly commands = {
    generateReport: ({ kind, from, to }) => {
      if (kind !== 'daily') return Promise.resolve(refused('INVALID_INPUT', 'a portfolio is needed', 'kind'));
      const report = sampleReport({ from: from ?? sampleStart, to: to ?? sampleStart + 86_400_000 });
      this.stream.append({ at: sampleStart, report });
      return Promise.resolve(accepted(report));
    },
  } satisfies Partial<PipelineCommands>;

  #find(id: string): ReportHead | undefined {
    return this.stream.events.find(({ report }) => report.id === id)?.report;
  }
}
