import type { CompiledRule, CompileEnv } from '@tapewatch/plugin-sdk';
import { compileLevels, defineRule, promqlRange, promqlSelector } from '@tapewatch/plugin-sdk';
import type { AnomalySpec, Level } from './config.js';
import { anomalySpec } from './config.js';

/** A value far from what is usual for it, measured in how much it usually varies. */
export const anomaly = defineRule({
  type: 'anomaly',
  description: 'Fires while a metric is far from its usual value',
  spec: anomalySpec,
  compile(spec, env) {
    return compileLevels<Level>(spec, (level) => compiledLevel(spec, level, env));
  },
});

function compiledLevel(spec: AnomalySpec, { above, clear }: Level, env: CompileEnv): CompiledRule {
  const past = new Past(spec, env);
  const score = `(${past.value} - ${past.usual}) / ${deviationOf(spec, past)}`;
  const enough = `and ${past.over('count_over_time')} >= ${spec.min_samples}`;
  const beyond = (limit: number): string => `${compared(spec, score, limit)} ${enough}`;
  return { promql: beyond(above ?? 0), ...(clear === undefined ? {} : { holds: beyond(clear) }) };
}

function compared({ direction }: AnomalySpec, score: string, limit: number): string {
  if (direction === 'up') return `${score} > ${limit}`;
  return direction === 'down' ? `${score} < -${limit}` : `abs(${score}) > ${limit}`;
}

/** What hardly varies would call every twitch an anomaly; what does not vary at all, around zero, says nothing. */
function deviationOf(spec: AnomalySpec, past: Past): string {
  const { min_deviation: floor, min_deviation_ratio: ratio = floor === undefined ? 0.001 : undefined } = spec;
  const share = ratio === undefined ? undefined : `${ratio} * abs(${past.usual})`;
  const spread = share === undefined ? past.deviation : `(${past.deviation} > ${share} or ${share})`;
  return floor === undefined ? `(${spread} > 0)` : `clamp_min(${spread}, ${floor})`;
}

/** Most values of a past that is not made of samples; more would cost more than they tell. */
const maxSteps = 300;

/** The value that is judged, and the window before it. */
class Past {
  readonly value: string;
  readonly #spec: AnomalySpec;
  readonly #stepMs: number;
  readonly #offset: string;

  constructor(spec: AnomalySpec, { intervalMs }: CompileEnv) {
    const series = promqlSelector(spec.metric, spec.where);
    const measured = spec.rate === undefined ? series : `rate(${series}[${promqlRange(spec.rate)}])`;
    this.value = spec.by === undefined ? measured : `sum by (${spec.by.join(', ')}) (${measured})`;
    this.#spec = spec;
    this.#stepMs = Math.max(intervalMs, Math.ceil(spec.window / maxSteps / 1000) * 1000);
    this.#offset = `offset ${promqlRange(intervalMs)}`;
  }

  get usual(): string {
    return this.#spec.method === 'mad' ? this.#median('') : this.over('avg_over_time');
  }

  get deviation(): string {
    if (this.#spec.method === 'zscore') return this.over('stddev_over_time');
    // `@ end()` is the time of the evaluation, so that the whole window is compared with one and the same median.
    const apart = `abs(${this.value} - ${this.#median('@ end() ')})${this.#steps}`;
    return `(1.4826 * quantile_over_time(0.5, ${apart} ${this.#offset}))`;
  }

  over(functionName: string, modifier = '', parameter = ''): string {
    return `${functionName}(${parameter}${this.#window} ${modifier}${this.#offset})`;
  }

  #median(modifier: string): string {
    return this.over('quantile_over_time', modifier, '0.5, ');
  }

  get #window(): string {
    const { rate, by, window } = this.#spec;
    return rate === undefined && by === undefined
      ? `${this.value}[${promqlRange(window)}]`
      : `${this.value}${this.#steps}`;
  }

  get #steps(): string {
    return `[${promqlRange(this.#spec.window)}:${promqlRange(this.#stepMs)}]`;
  }
}
