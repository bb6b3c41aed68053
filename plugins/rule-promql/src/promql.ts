import { defineRule } from '@tapewatch/plugin-sdk';
import type { Expression } from '@tapewatch/promql';
import { parse, PromqlError } from '@tapewatch/promql';
import { promqlSpec } from './config.js';

/** A rule written in PromQL, as the rules of Prometheus' own files are. */
export const promql = defineRule({
  type: 'promql',
  description: 'Fires for every element of the result of a PromQL expression',
  spec: promqlSpec,
  compile({ expr }) {
    checkResult(parse(expr));
    return { promql: expr };
  },
});

/** Throws a PromqlError, as for text that is not PromQL at all. */
function checkResult(expression: Expression): void {
  if (expression.type === 'vector' || expression.type === 'scalar') return;
  if (expression.type === 'string')
    throw new PromqlError(
      'found a string, expected an instant vector or a scalar: compare a metric, as in up == 0',
      expression.range,
    );
  throw new PromqlError(
    'found a range vector, expected an instant vector or a scalar: put a function around it, as in avg_over_time(up[5m])',
    expression.range,
  );
}
