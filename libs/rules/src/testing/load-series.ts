import type { EngineBench } from './engine-bench.js';

/** In seconds. */
export const minute = 60;

/** Series with a value every so many seconds; `stale` ends one, `_` leaves one out. */
export function load(bench: EngineBench, stepSeconds: number, series: Readonly<Record<string, string>>): EngineBench {
  const parsed = Object.entries(series).map(([name, text]) => ({ name, values: text.split(' ') }));
  const steps = Math.max(...parsed.map(({ values }) => values.length));
  for (let i = 0; i < steps; i++)
    for (const { name, values } of parsed) {
      const text = values[i] ?? '_';
      if (text !== '_') bench.sample(i * stepSeconds, { [name]: text === 'stale' ? undefined : Number(text) });
    }
  return bench;
}

/** A file with one group `g`. */
export function group(rules: string, fields = ''): string {
  return `groups: [{ name: g${fields}, rules: [${rules}] }]`;
}

/** `ALERTS` after an evaluation, by what tells the alerts apart. */
export function alertsAt(bench: EngineBench, second: number): readonly string[] {
  bench.at(second);
  return bench.query('ALERTS', second);
}
