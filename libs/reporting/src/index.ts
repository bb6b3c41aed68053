export { computeDailyReport } from './daily/compute-daily-report.js';
