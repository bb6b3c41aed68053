import { defineCheck, degraded, healthy, unhealthy, unknown } from '@tapewatch/plugin-sdk';
import { z } from 'zod';

/** Asks the desk's own service how much margin is left, and compares it with what the desk wants to keep. */
export const fundingCheck = defineCheck({
  type: 'funding-desk',
  description: 'Margin that is left, as the desk’s own service tells it',
  config: z.strictObject({
    url: z.url().describe('Answers {"marginRatio": number}'),
    warn_below: z.number().default(0.3).describe('A ratio below this is degraded'),
    fail_below: z.number().default(0.1).describe('A ratio below this is unhealthy'),
  }),
  async run(context, config) {
    const response = await context.fetch(config.url);
    const { marginRatio } = (await response.json()) as { marginRatio?: unknown };
    if (typeof marginRatio !== 'number') return unknown('the answer has no marginRatio');
    const summary = `${(marginRatio * 100).toFixed(1)} % margin left`;
    if (marginRatio < config.fail_below) return unhealthy(summary, { marginRatio });
    if (marginRatio < config.warn_below) return degraded(summary, { marginRatio });
    return healthy(summary, { marginRatio });
  },
});
