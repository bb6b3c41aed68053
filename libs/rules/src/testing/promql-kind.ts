import { defineRule } from '@tapewatch/plugin-sdk';
import { z } from 'zod';

/** The rule kind that Prometheus' files need, as small as it can be. */
export const promqlKind = defineRule({
  type: 'promql',
  description: 'PromQL as it is',
  spec: z.strictObject({ expr: z.string() }),
  compile: ({ expr }) => ({ promql: expr }),
});

/** A kind with words of its own. */
export const aboveKind = defineRule({
  type: 'above',
  description: 'A metric above a number',
  spec: z.strictObject({ metric: z.string(), limit: z.number() }),
  compile({ metric, limit }) {
    if (limit < 0) throw new Error('The limit is below zero: make it positive');
    return { promql: `${metric} > ${limit}` };
  },
});

const level = z.strictObject({ expr: z.string(), holds: z.string().optional(), for: z.number().optional() });

/** A kind whose rules have levels, or another threshold to clear. */
export const levelsKind = defineRule({
  type: 'levels',
  description: 'PromQL for each severity',
  spec: z.strictObject({ critical: level.optional(), warning: level.optional(), plain: level.optional() }),
  compile({ critical, warning, plain }) {
    const made = ({ expr, holds }: z.infer<typeof level>): { promql: string; holds?: string } => ({
      promql: expr,
      ...(holds === undefined ? {} : { holds }),
    });
    if (plain !== undefined) return made(plain);
    const levels = Object.entries({ critical, warning }).flatMap(([severity, one]) =>
      one === undefined
        ? []
        : [{ severity, ...made(one), ...(one.for === undefined ? {} : { forMs: one.for * 1000 }) }],
    );
    return { levels };
  },
});
