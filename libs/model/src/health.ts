export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy' | 'unknown';

export const healthStatuses: readonly HealthStatus[] = ['healthy', 'degraded', 'unhealthy', 'unknown'];

/** The newest confirmed result of one check. Times are milliseconds since the epoch. */
export interface ComponentHealth {
  readonly name: string;
  /** The plugin that checks it. */
  readonly plugin: string;
  readonly status: HealthStatus;
  readonly responseTimeMs?: number;
  readonly checkedAt?: number;
  /** Since when the status holds. */
  readonly since?: number;
  readonly summary?: string;
  readonly details?: unknown;
}

export interface HealthEvent {
  readonly cursor: number;
  readonly at: number;
  readonly component: string;
  readonly previous?: HealthStatus;
  readonly status: HealthStatus;
  readonly responseTimeMs?: number;
  readonly summary?: string;
}
