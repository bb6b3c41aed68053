import { z } from 'zod';

export const consoleConfig = z.strictObject({
  color: z
    .enum(['auto', 'always', 'never'])
    .default('auto')
    .describe('auto: only on a terminal, and not with NO_COLOR'),
});

export type ConsoleConfig = z.output<typeof consoleConfig>;
