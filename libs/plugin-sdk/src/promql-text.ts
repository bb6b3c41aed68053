import { formatDuration } from '@tapewatch/model';

/** A selector with equality matchers: `promqlSelector('up', { job: 'a' })` is `up{job="a"}`. @public */
export function promqlSelector(metric: string, where: Readonly<Record<string, string>> = {}): string {
  const matchers = Object.entries(where).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(', ')}}`;
}

/** What stands in the brackets of a range, as in `5m`. @public */
export function promqlRange(ms: number): string {
  return formatDuration(ms);
}
