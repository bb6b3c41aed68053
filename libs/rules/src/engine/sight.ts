import type { Expression, RangeSelector, VectorSelector } from '@tapewatch/promql';
import type { Labels } from '@tapewatch/model';

/** The series that a query finds; throws when it fails. */
export type Find = (probe: Expression) => readonly Labels[];

/** Prometheus' lookback: within a subquery a selector finds samples that are older than its step. */
const lookbackMs = 300_000;

interface Probe {
  readonly kind: 'probe';
  /** Gives every series that this selector can see, with its name. */
  readonly query: Expression;
}

/** `all`: nothing without each of them; `any`: with one of them there can be a result. Nothing to see: never blind. */
type Need = Probe | { readonly kind: 'all' | 'any'; readonly needs: readonly Need[] };

/** What an expression needs to see in order to have a result. */
export class Sight {
  readonly #need: Need;
  readonly #probes: readonly Expression[];

  constructor(expression: Expression) {
    this.#need = needOf(expression, {});
    this.#probes = probesOf(this.#need);
  }

  /** Whether it can have no result, as a selector that it cannot do without matches no series. */
  isBlind(find: Find): boolean {
    return isBlind(this.#need, find);
  }

  /** How many series all of its selectors match together. */
  count(find: Find): number {
    const seen = new Set<string>();
    for (const probe of this.#probes) for (const { key } of find(probe)) seen.add(key);
    return seen.size;
  }
}

const nothing: Need = { kind: 'all', needs: [] };

/** The subqueries around a selector: how far they reach, where they begin. */
interface Around {
  readonly rangeMs?: number;
  readonly offsetMs?: number;
  readonly at?: VectorSelector['at'];
}

function needOf(expression: Expression, around: Around): Need {
  switch (expression.kind) {
    case 'number':
    case 'string':
      return nothing;
    case 'selector':
      return { kind: 'probe', query: probeOf(expression, undefined, around) };
    case 'range':
      return { kind: 'probe', query: probeOf(expression.selector, expression.rangeMs, around) };
    case 'subquery': {
      const { rangeMs, offsetMs, at = around.at } = expression;
      return needOf(expression.expression, {
        rangeMs: (around.rangeMs ?? 0) + rangeMs,
        offsetMs: (around.offsetMs ?? 0) + offsetMs,
        at,
      });
    }
    case 'paren':
    case 'unary':
      return needOf(expression.expression, around);
    case 'aggregation':
      return all([expression.expression, expression.parameter], around);
    case 'call':
      // These answer when there is nothing.
      return expression.name === 'absent' || expression.name === 'absent_over_time'
        ? nothing
        : all(expression.args, around);
    case 'binary':
      if (expression.operator === 'unless') return needOf(expression.left, around);
      if (expression.operator !== 'or') return all([expression.left, expression.right], around);
      return { kind: 'any', needs: [needOf(expression.left, around), needOf(expression.right, around)] };
  }
}

function all(expressions: readonly (Expression | undefined)[], around: Around): Need {
  const needs = expressions.flatMap((expression) => (expression === undefined ? [] : [needOf(expression, around)]));
  return { kind: 'all', needs };
}

/** The selector itself where it stands alone; else `last_over_time` of all that the steps around it can see. */
function probeOf(selector: VectorSelector, ownRangeMs: number | undefined, around: Around): Expression {
  if (ownRangeMs === undefined && around.rangeMs === undefined) return selector;
  const { at: ownAt, ...rest } = selector;
  const at = ownAt ?? around.at;
  const shifted: VectorSelector = {
    ...rest,
    offsetMs: selector.offsetMs + (around.offsetMs ?? 0),
    ...(at === undefined ? {} : { at }),
  };
  const { range } = selector;
  const rangeMs = (ownRangeMs ?? lookbackMs) + (around.rangeMs ?? 0);
  const window: RangeSelector = { kind: 'range', type: 'matrix', selector: shifted, rangeMs, range };
  return { kind: 'call', type: 'vector', name: 'last_over_time', args: [window], range };
}

function probesOf(need: Need): readonly Expression[] {
  return need.kind === 'probe' ? [need.query] : need.needs.flatMap(probesOf);
}

function isBlind(need: Need, find: Find): boolean {
  if (need.kind === 'probe') return find(need.query).length === 0;
  if (need.kind === 'any') return need.needs.every((one) => isBlind(one, find));
  return need.needs.some((one) => isBlind(one, find));
}
