export type { Check, StatusChange } from './check-schedule.js';
export { HealthChecks } from './health-checks.js';
export type { HealthChecksOptions, HealthSummary } from './health-checks.js';
export type { HealthHistory } from './health-history.js';
export { healthSweep } from './retention.js';
export { healthMigrations } from './tables.js';
