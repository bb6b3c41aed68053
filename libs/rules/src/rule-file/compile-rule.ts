import { messageOf } from '@tapewatch/model';
import type { CompiledLevel, CompileEnv, RuleDefinition } from '@tapewatch/plugin-sdk';
import type { Expression, ValueType } from '@tapewatch/promql';
import { parse, PromqlError } from '@tapewatch/promql';
import type { SourceNode } from './source-node.js';

export interface CompiledQuery {
  readonly query: string;
  readonly expression: Expression;
  readonly holds?: { readonly query: string; readonly expression: Expression };
}

/** Levels come with their severity, the worst first; a rule without levels is one without a severity of its own. */
export interface CompiledAlerts extends CompiledQuery {
  readonly severity?: string;
  readonly forMs?: number;
}

const typeNames: Readonly<Record<ValueType, string>> = {
  scalar: 'a scalar',
  string: 'a string',
  vector: 'an instant vector',
  matrix: 'a range vector',
};

/**
 * Checks a spec by its kind's schema and compiles it to PromQL. `rule` is where the spec stands in the file, field by field; faults become
 * problems there, those of PromQL that the file holds as `expr` at their very character.
 */
export async function compileRule(
  definition: RuleDefinition,
  spec: unknown,
  env: CompileEnv,
  rule: SourceNode,
): Promise<readonly CompiledAlerts[] | undefined> {
  const checked = await definition.spec['~standard'].validate(spec);
  if (checked.issues !== undefined) {
    for (const { message, path = [] } of checked.issues) {
      const keys = path.map((segment) => (typeof segment === 'object' ? segment.key : segment));
      rule.descendant(keys).problem('RULE_INVALID', sentence(message), {
        hint: `It is a rule of type ${JSON.stringify(definition.type)}.`,
      });
    }
    return undefined;
  }
  try {
    const compiled = definition.compile(checked.value, env);
    const levels: readonly Partial<CompiledLevel>[] = 'levels' in compiled ? compiled.levels : [compiled];
    const judged = levels.map((level) => judgedLevel(level, definition, rule));
    return judged.length > 0 && judged.every((level) => level !== undefined) ? judged : undefined;
  } catch (error) {
    return refused(error, rule);
  }
}

function judgedLevel(
  { promql = '', holds, severity, forMs }: Partial<CompiledLevel>,
  definition: RuleDefinition,
  rule: SourceNode,
): CompiledAlerts | undefined {
  const main = judged(parsed(promql, definition), promql, rule);
  const held = holds === undefined ? undefined : judged(parsed(holds, definition), holds, rule);
  if (main === undefined || (holds !== undefined && held === undefined)) return undefined;
  return {
    ...main,
    ...(held === undefined ? {} : { holds: held }),
    ...(severity === undefined ? {} : { severity }),
    ...(forMs === undefined ? {} : { forMs }),
  };
}

/** Text that the kind made, not the user, must not be blamed on a place in the user's text. */
function parsed(promql: string, definition: RuleDefinition): Expression {
  try {
    return parse(promql);
  } catch (error) {
    if (definition.type === 'promql') throw error;
    throw new Error(
      `The rule type ${JSON.stringify(definition.type)} made PromQL that cannot be parsed: ${messageOf(error)} in ${promql}`,
      {
        cause: error,
      },
    );
  }
}

function judged(expression: Expression, query: string, rule: SourceNode): CompiledQuery | undefined {
  if (expression.type === 'vector' || expression.type === 'scalar') return { query, expression };
  return rule
    .descendant(['expr'])
    .problem('RULE_INVALID', 'A rule needs an expression that gives a value for each alert or series.', {
      found: typeNames[expression.type],
      allowed: `${typeNames.vector} or ${typeNames.scalar}`,
    });
}

function refused(error: unknown, rule: SourceNode): undefined {
  if (error instanceof PromqlError)
    return rule
      .descendant(['expr'])
      .problem('RULE_INVALID', `The expression is not PromQL: ${sentence(error.reason)}`, {}, error.start);
  return rule.problem('RULE_INVALID', sentence(messageOf(error)));
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
