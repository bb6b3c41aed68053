import type { CompiledRule } from '@tapewatch/plugin-sdk';
import { compileLevels, defineRule, promqlSelector } from '@tapewatch/plugin-sdk';
import type { DivergenceSpec, Level } from './config.js';
import { divergenceSpec } from './config.js';

/** The same thing at different prices on different venues, all of them fresh. */
export const divergence = defineRule({
  type: 'divergence',
  description: 'Fires while the same symbol has different prices on different venues',
  spec: divergenceSpec,
  compile(spec) {
    return compileLevels<Level>(spec, (level) => compiledLevel(spec, level));
  },
});

function compiledLevel(spec: DivergenceSpec, { above, clear }: Level): CompiledRule {
  const [apart, enough] = spec.compare === 'median' ? fromMedian(spec) : betweenExtremes(spec);
  const beyond = (limit: number): string => `${apart} > ${limit} ${enough}`;
  return { promql: beyond(above ?? 0), ...(clear === undefined ? {} : { holds: beyond(clear) }) };
}

/** How far apart they are, and the condition that there are enough of them to tell. */
type Compared = readonly [apart: string, enough: string];

function betweenExtremes(spec: DivergenceSpec): Compared {
  const by = `by (${spec.by.join(', ')})`;
  const prices = freshOf(spec);
  const spread = `(max ${by} (${prices}) - min ${by} (${prices}))`;
  const apart = spec.difference === 'absolute' ? spread : `${spread} / min ${by} (${prices})`;
  return [apart, `and ${venuesOf(spec, prices)} >= 2`];
}

function fromMedian(spec: DivergenceSpec): Compared {
  const labels = `(${spec.by.join(', ')})`;
  const prices = freshOf(spec);
  const median = `on ${labels} group_left () quantile by ${labels} (0.5, ${prices})`;
  const apart = spec.difference === 'absolute' ? `abs(${prices} - ${median})` : `abs(${prices} / ${median} - 1)`;
  return [apart, `and on ${labels} ${venuesOf(spec, prices)} >= 3`];
}

/** Two accounts at one venue are one venue. */
function venuesOf({ by, across }: DivergenceSpec, prices: string): string {
  return `count by (${by.join(', ')}) (group by (${[...by, across].join(', ')}) (${prices}))`;
}

/** In parentheses. Prices that are not above zero have no ratio. */
function freshOf(spec: DivergenceSpec): string {
  const seconds = spec.fresh_within / 1000;
  const series = selectorOf(spec, spec.metric);
  const prices = spec.difference === 'relative' ? `${series} > 0` : series;
  const age = spec.age ?? (spec.metric.startsWith('exchange_ticker_') ? 'exchange_ticker_age_seconds' : false);
  if (age === false) return `(${prices} and (time() - timestamp(${series}) <= ${seconds}))`;
  const on = [...spec.by, spec.across].join(', ');
  return `(${prices} and on (${on}) (${selectorOf(spec, age)} <= ${seconds}))`;
}

function selectorOf({ where = {}, venues, across }: DivergenceSpec, metric: string): string {
  const plain = promqlSelector(metric, where);
  if (venues === undefined) return plain;
  const matcher = `${across}=~${JSON.stringify(venues.map(escaped).join('|'))}`;
  return plain.endsWith('}') ? `${plain.slice(0, -1)}, ${matcher}}` : `${plain}{${matcher}}`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
