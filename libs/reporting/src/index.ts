export { CronSchedule } from './cron.js';
export type { ReportSources } from './daily/compute-daily-report.js';
export type { DailyReport } from './daily/daily-report.js';
export type { MinuteSeries, ReportMetrics } from './minutes/minute-series.js';
export type {
  ChannelOutcomes,
  ReportAlerts,
  ReportedAlert,
  ReportHealth,
  ReportNotifications,
  Watched,
} from './ports.js';
export { reportStyleHash } from './render/style.js';
export { reportKinds } from './report.js';
export type { ReportEvent, ReportHead, ReportKind } from './report.js';
export type { ReportDelivery, ReportMessage } from './report-message.js';
export { Reports } from './reports.js';
export type { ReportFormat, ReportRequest, ReportsOptions, ScheduledReport } from './reports.js';
export { reportSweep } from './retention.js';
export { reportMigrations } from './tables.js';
