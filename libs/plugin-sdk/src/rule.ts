import type { ConfigSchema } from './schema.js';

/** What a rule became: the PromQL text that is evaluated, and shown as it is. @public */
export interface CompiledRule {
  /** Every element of its result is one alert. */
  readonly promql: string;
  /**
   * Another threshold to clear: PromQL whose elements keep alerts firing that are no longer in the result of `promql`. It has the same labels
   * as that one, never makes an alert, and does not shorten or lengthen `for`.
   */
  readonly holds?: string;
}

/** One severity of a rule that has several. @public */
export interface CompiledLevel extends CompiledRule {
  /** The label `severity` of its alerts. */
  readonly severity: string;
  /** Instead of the rule's own `for`. */
  readonly forMs?: number;
}

/**
 * A rule that knows several severities of the same trouble, the worst first. While a worse level of an element fires, there is no alert of a
 * lesser one; when it steps down, the lesser one fires at once.
 * @public
 */
export interface CompiledLevels {
  readonly levels: readonly CompiledLevel[];
}

/** What a kind may know of where its rule stands. @public */
export interface CompileEnv {
  /** How often the rule is evaluated. */
  readonly intervalMs: number;
}

/** @public */
export interface RuleDefinition<Spec = unknown> {
  readonly kind: 'rule';
  /** The word for it in a rule file of ours: `rules: [{ type: ... }]`. */
  readonly type: string;
  readonly description: string;
  readonly spec: ConfigSchema<Spec>;
  /** Pure: no clock, no I/O. Throws with what is wrong and how to mend it. `for`, labels, templates and restore belong to the core. */
  compile(spec: Spec, env: CompileEnv): CompiledRule | CompiledLevels;
}

/**
 * Declares a rule kind: friendlier words for something that can be said in PromQL.
 * @example
 * const silent = defineRule({
 *   type: 'silent',
 *   description: 'Fires while a series that was there is gone',
 *   spec: z.object({ series: z.string(), within: z.string() }),
 *   compile: ({ series, within }) => ({ promql: `present_over_time(${series}[1h]) unless present_over_time(${series}[${within}])` }),
 * });
 * @public
 */
export function defineRule<Spec>(rule: Omit<RuleDefinition<Spec>, 'kind'>): RuleDefinition<Spec> {
  return { kind: 'rule', ...rule };
}
