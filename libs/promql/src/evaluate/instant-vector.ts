import type { Labels } from '@tapewatch/model';

/**
 * The value of a vector expression at one time: entry i of each array is one sample. Whoever made it may hand it to
 * several readers, so it is never changed afterwards.
 */
export class InstantVector {
  readonly labels: Labels[] = [];
  readonly values: number[] = [];
  /**
   * The metric name goes when the whole query is answered, not before, so that label_replace and aggregations can
   * still see it (Prometheus' delayed name removal).
   */
  readonly dropName: boolean[] = [];

  get length(): number {
    return this.values.length;
  }

  push(labels: Labels, value: number, dropName: boolean): void {
    this.labels.push(labels);
    this.values.push(value);
    this.dropName.push(dropName);
  }
}
