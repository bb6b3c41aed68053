import type { Language } from '@tapewatch/model';

export const reportKinds = ['daily', 'performance', 'risk'] as const;
export type ReportKind = (typeof reportKinds)[number];

/** A report without its content. Times are milliseconds since the epoch. */
export interface ReportHead {
  readonly id: string;
  readonly kind: ReportKind;
  readonly from: number;
  readonly to: number;
  readonly createdAt: number;
  /** Samples kept over samples due, 0 to 1. */
  readonly completeness: number;
  /** In which it is rendered when nothing else is asked for. */
  readonly language: Language;
}

/** A report was made. */
export interface ReportEvent {
  readonly cursor: number;
  readonly at: number;
  readonly report: ReportHead;
}
