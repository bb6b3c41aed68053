import { z } from 'zod';

/** What a rule of the type `promql` says beside its name, labels and times. */
export const promqlSpec = z.strictObject({
  expr: z.string().min(1).describe('PromQL; every element of its result is one alert'),
});

export type PromqlSpec = z.infer<typeof promqlSpec>;
