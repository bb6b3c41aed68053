import { readFile } from 'node:fs/promises';
import { inRepository } from './repository.js';

/** A row of docs/metrics.md. */
export interface DocumentedMetric {
  readonly name: string;
  readonly prometheusName: string;
  readonly type: string;
  readonly unit: string;
  readonly labels: readonly string[];
}

/** Labels that a series has only once something has gone wrong, and then even when docs/metrics.md does not show them. */
export const faultLabels: readonly string[] = ['error_type', 'close_code'];

/** What docs/metrics.md says of every metric. */
export async function documentedMetrics(): Promise<readonly DocumentedMetric[]> {
  const text = await readFile(inRepository('docs', 'metrics.md'), 'utf8');
  return [...text.matchAll(/^\| `([^`]+)` \| `([^`]+)` \| (\S+) \| (\S*) \| (.*?) \|/gm)].map(
    ([, name = '', prometheusName = '', type = '', unit = '', labels = '']) => ({
      name,
      prometheusName,
      type,
      unit,
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label),
    }),
  );
}
