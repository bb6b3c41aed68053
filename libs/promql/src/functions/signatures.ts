import type { ValueType } from '../syntax/ast.js';

export interface Signature {
  readonly args: readonly ValueType[];
  /** How many of `args`, from the end, may be left out. */
  readonly optional: number;
  /** The last of `args` may be repeated. */
  readonly repeatsLast: boolean;
  readonly returns: 'scalar' | 'vector';
}

function takes(args: readonly ValueType[], extra: Partial<Signature> = {}): Signature {
  return { args, optional: 0, repeatsLast: false, returns: 'vector', ...extra };
}

const ofVector = takes(['vector']);
const ofMatrix = takes(['matrix']);
const ofTime = takes(['vector'], { optional: 1 });

function all(names: string, signature: Signature): Record<string, Signature> {
  return Object.fromEntries(names.split(' ').map((name) => [name, signature]));
}

/** Every function that can be called, with its arguments. */
export const signatures: ReadonlyMap<string, Signature> = new Map(
  Object.entries({
    ...all('abs ceil floor exp sqrt ln log2 log10 sgn deg rad', ofVector),
    ...all('sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh', ofVector),
    ...all('histogram_avg histogram_count histogram_sum histogram_stddev histogram_stdvar', ofVector),
    ...all('absent sort sort_desc timestamp', ofVector),
    ...all('rate irate increase delta idelta deriv changes resets absent_over_time', ofMatrix),
    ...all('avg_over_time min_over_time max_over_time sum_over_time count_over_time', ofMatrix),
    ...all('stddev_over_time stdvar_over_time first_over_time last_over_time present_over_time', ofMatrix),
    ...all('day_of_month day_of_week day_of_year days_in_month hour minute month year', ofTime),
    clamp: takes(['vector', 'scalar', 'scalar']),
    clamp_max: takes(['vector', 'scalar']),
    clamp_min: takes(['vector', 'scalar']),
    round: takes(['vector', 'scalar'], { optional: 1 }),
    predict_linear: takes(['matrix', 'scalar']),
    quantile_over_time: takes(['scalar', 'matrix']),
    histogram_quantile: takes(['scalar', 'vector']),
    histogram_fraction: takes(['scalar', 'scalar', 'vector']),
    label_replace: takes(['vector', 'string', 'string', 'string', 'string']),
    label_join: takes(['vector', 'string', 'string', 'string'], { optional: 1, repeatsLast: true }),
    scalar: takes(['vector'], { returns: 'scalar' }),
    vector: takes(['scalar']),
    time: takes([], { returns: 'scalar' }),
    pi: takes([], { returns: 'scalar' }),
  }),
);

/** Every function that can be called. */
export const functionNames: readonly string[] = [...signatures.keys()];

const experimental = new Set([
  ...'double_exponential_smoothing mad_over_time info histogram_quantiles'.split(' '),
  ...'ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time'.split(' '),
  ...'sort_by_label sort_by_label_desc max_of min_of start end step range start_timestamp'.split(' '),
]);

/** Functions that Prometheus has behind a flag and that are refused here. */
export function isExperimentalFunction(name: string): boolean {
  return experimental.has(name);
}
