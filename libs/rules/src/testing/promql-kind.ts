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
