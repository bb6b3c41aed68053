import { duration, secret } from '@tapewatch/plugin-sdk/zod';
import { z } from 'zod';

export const httpCheckConfig = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).describe('What to ask'),
  method: z.enum(['GET', 'HEAD', 'POST']).default('GET').describe('How to ask'),
  headers: z.record(z.string(), secret()).default({}).describe('Sent along; values are kept secret'),
  expect_status: z.array(z.int().min(100).max(599)).nonempty().default([200]).describe('Answers that count as well'),
  expect_body: z.string().optional().describe('A text that the body must contain'),
  slow_after: duration().optional().describe('A good answer that takes longer than this is degraded'),
});

export type HttpCheckConfig = z.output<typeof httpCheckConfig>;
