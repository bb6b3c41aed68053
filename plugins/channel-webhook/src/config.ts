import { secret, secretUrl } from '@tapewatch/plugin-sdk/zod';
import { z } from 'zod';

export const webhookConfig = z.strictObject({
  url: secretUrl().describe('Where to post; kept secret'),
  headers: z.record(z.string(), secret()).default({}).describe('Sent along; values are kept secret'),
  max_alerts: z
    .int()
    .min(0)
    .default(0)
    .describe('At most this many alerts in one message, the rest is counted; 0 = all'),
});

export type WebhookConfig = z.output<typeof webhookConfig>;
