import type { HealthStatus } from '@tapewatch/model';
import type { PluginContext } from './context.js';
import type { ConfigSchema } from './schema.js';

/** What a check found. @public */
export interface CheckResult {
  readonly status: HealthStatus;
  /** One sentence for a person. */
  readonly summary?: string;
  /** Anything that JSON can hold. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** @public */
export interface CheckDefinition<Config = unknown> {
  readonly kind: 'check';
  /** The word for it in the config: `checks: [{ type: ... }]`. */
  readonly type: string;
  readonly description: string;
  readonly config: ConfigSchema<Config>;
  /**
   * Looks once. Throwing, or missing the deadline, means that the check itself is broken, which is not the same as the thing
   * being down: it is shown as `unknown` with the reason.
   */
  run(context: PluginContext, config: Config): Promise<CheckResult> | CheckResult;
}

/**
 * Declares a health check.
 * @example
 * const queueDepth = defineCheck({
 *   type: 'queue-depth',
 *   description: 'Fails when the order queue grows',
 *   config: z.object({ url: z.url(), limit: z.number().default(100) }),
 *   async run(ctx, config) {
 *     const { depth } = await (await ctx.fetch(config.url)).json();
 *     return depth > config.limit ? unhealthy(`${depth} orders wait`) : healthy(`${depth} orders wait`);
 *   },
 * });
 * @public
 */
export function defineCheck<Config>(check: Omit<CheckDefinition<Config>, 'kind'>): CheckDefinition<Config> {
  return { kind: 'check', ...check };
}

type Details = Readonly<Record<string, unknown>>;

/** All is well. @public */
export function healthy(summary?: string, details?: Details): CheckResult {
  return result('healthy', summary, details);
}

/** It works, but not as it should. @public */
export function degraded(summary?: string, details?: Details): CheckResult {
  return result('degraded', summary, details);
}

/** It does not work. @public */
export function unhealthy(summary?: string, details?: Details): CheckResult {
  return result('unhealthy', summary, details);
}

/** It cannot be told. @public */
export function unknown(summary?: string, details?: Details): CheckResult {
  return result('unknown', summary, details);
}

function result(status: HealthStatus, summary?: string, details?: Details): CheckResult {
  return { status, ...(summary === undefined ? {} : { summary }), ...(details === undefined ? {} : { details }) };
}
