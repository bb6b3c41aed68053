import type { ConfigSchema } from './schema.js';

/** What a rule became: the PromQL text that is evaluated, and shown as it is. @public */
export interface CompiledRule {
  readonly promql: string;
}

/** @public */
export interface RuleDefinition<Spec = unknown> {
  readonly kind: 'rule';
  /** The word for it in a rule file of ours: `rules: [{ type: ... }]`. */
  readonly type: string;
  readonly description: string;
  readonly spec: ConfigSchema<Spec>;
  /** Pure: no clock, no I/O. Throws with what is wrong and how to mend it. `for`, labels, templates and restore belong to the core. */
  compile(spec: Spec): CompiledRule;
}

/**
 * Declares a rule kind: friendlier words for something that can be said in PromQL.
 * @example
 * const absence = defineRule({
 *   type: 'absence',
 *   description: 'Fires while a series that was there is gone',
 *   spec: z.object({ series: z.string(), within: z.string() }),
 *   compile: ({ series, within }) => ({ promql: `present_over_time(${series}[1h]) unless present_over_time(${series}[${within}])` }),
 * });
 * @public
 */
export function defineRule<Spec>(rule: Omit<RuleDefinition<Spec>, 'kind'>): RuleDefinition<Spec> {
  return { kind: 'rule', ...rule };
}
