import type { Attributes } from '@opentelemetry/api';
import { Labels } from '@tapewatch/model';
import type { MetricDescription, Series } from '@tapewatch/model';
import { formatFloat } from './format-float.js';
import { labelsOf } from './series-labels.js';

/** The series that one attribute set of one metric stands for: one, or a histogram's buckets, sum and count in this order. */
export interface PointSeries {
  readonly series: readonly Series[];
  /** Number of the last tick that had it. */
  seenIn: number;
  dropped: boolean;
  /** How many attributes objects have been remembered for it. */
  objects: number;
}

/** A caller that comes with a new object each time would fill the map of objects for nothing, which is dear to collect. */
const mostObjects = 4;

/**
 * The series of one metric by attribute set. Callers mostly hand in the same attributes object each time, so the object
 * itself is tried first; then the text of the set, in the order given; then its labels.
 */
export class SeriesCache {
  readonly metric: MetricDescription;
  readonly #target: Readonly<Record<string, string>>;
  readonly #boundaries: readonly number[] | undefined;
  readonly #byObject = new WeakMap<Attributes, PointSeries>();
  readonly #byText = new Map<string, PointSeries>();
  readonly #byLabels = new Map<string, PointSeries>();

  /** `boundaries`: those of a histogram, absent for any other metric. */
  constructor(
    metric: MetricDescription,
    target: Readonly<Record<string, string>>,
    boundaries: readonly number[] | undefined,
  ) {
    this.metric = metric;
    this.#target = target;
    this.#boundaries = boundaries;
  }

  find(attributes: Attributes): PointSeries {
    const known = this.#byObject.get(attributes);
    if (known !== undefined && !known.dropped) return known;
    const text = textKey(attributes);
    let point = this.#byText.get(text);
    if (point === undefined) {
      point = this.#findByLabels(attributes);
      this.#byText.set(text, point);
    }
    if (point.objects < mostObjects) {
      point.objects++;
      this.#byObject.set(attributes, point);
    }
    return point;
  }

  /** As `find`, of what was found before. */
  known(attributes: Attributes): PointSeries | undefined {
    const known = this.#byObject.get(attributes) ?? this.#byText.get(textKey(attributes));
    return known?.dropped === true ? undefined : known;
  }

  /** Forgets what was not seen since tick number `since`. */
  dropUnseen(since: number): void {
    for (const map of [this.#byText, this.#byLabels]) {
      for (const [key, point] of map) {
        if (point.seenIn >= since) continue;
        point.dropped = true;
        map.delete(key);
      }
    }
  }

  get isEmpty(): boolean {
    return this.#byLabels.size === 0;
  }

  #findByLabels(attributes: Attributes): PointSeries {
    const labels = labelsOf(attributes, this.#target);
    const key = Labels.of(labels).key;
    let point = this.#byLabels.get(key);
    if (point === undefined) {
      point = { series: this.#seriesOf(labels), seenIn: -1, dropped: false, objects: 0 };
      this.#byLabels.set(key, point);
    }
    return point;
  }

  #seriesOf(labels: Readonly<Record<string, string>>): readonly Series[] {
    const make = (suffix: string, more: Readonly<Record<string, string>> = {}): Series => ({
      labels: Labels.of({ ...labels, ...more, __name__: this.metric.name + suffix }),
      metric: this.metric,
    });
    if (this.#boundaries === undefined) return [make('')];
    return [
      ...this.#boundaries.map((boundary) => make('_bucket', { le: formatFloat(boundary) })),
      make('_bucket', { le: '+Inf' }),
      make('_sum'),
      make('_count'),
    ];
  }
}

function textKey(attributes: Attributes): string {
  let key = '';
  for (const name in attributes) {
    const value = attributes[name];
    key += `${name}\u0000${typeof value === 'string' ? value : JSON.stringify(value)}\u0001`;
  }
  return key;
}
