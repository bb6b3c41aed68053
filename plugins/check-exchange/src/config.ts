import { duration } from '@tapewatch/plugin-sdk/zod';
import { z } from 'zod';

export const exchangeCheckConfig = z.strictObject({
  exchange: z
    .string()
    .regex(/^[\w.:-]+$/, 'must be the id of an exchange in the config')
    .describe('The id under `exchanges`'),
  stale_after: duration().default(10_000).describe('A feed that is silent for longer is stale'),
});

export type ExchangeCheckConfig = z.output<typeof exchangeCheckConfig>;
