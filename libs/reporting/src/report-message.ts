import type { Language } from '@tapewatch/model';
import type { DailyReport } from './daily/daily-report.js';
import type { ReportHead } from './report.js';
import { renderHtml } from './render/render-html.js';
import { renderMarkdown } from './render/render-markdown.js';
import { summaryLines, titleOf } from './render/summary.js';
import { textsOf } from './render/texts/texts-of.js';

/** A report for those who get it through a channel. */
export interface ReportMessage {
  readonly id: string;
  readonly at: number;
  readonly language: Language;
  readonly title: string;
  /** The key figures, a line each. */
  readonly text: string;
  readonly markdown: string;
  readonly html: string;
  /** Where it can be read. */
  readonly url: string;
}

/** Who brings a report to a receiver; declared here by the one who calls it. */
export interface ReportDelivery {
  /** Resolves once the message will not be lost. Safe twice: the same report reaches a receiver once. */
  tell(receiver: string, message: ReportMessage): Promise<void>;
}

export function reportMessage(
  head: ReportHead,
  report: DailyReport,
  language: Language,
  externalUrl: string,
): ReportMessage {
  const texts = textsOf(language);
  return {
    id: head.id,
    at: head.createdAt,
    language,
    title: titleOf(report, texts),
    text: summaryLines(report, texts).join('\n'),
    markdown: renderMarkdown(head, report, language),
    html: renderHtml(head, report, language),
    url: `${externalUrl}/reports/${head.id}`,
  };
}
