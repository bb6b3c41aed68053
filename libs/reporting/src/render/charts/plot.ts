import { markup, type Markup } from '@tapewatch/model';
import { shortTime } from '../format.js';

/** Charts are stretched to the width there is; their texts stand beside them, so that they stay readable on a phone. */
export const width = 960;
export const height = 160;

export interface TimeAxis {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface PlotOptions {
  readonly title: string;
  readonly legend: readonly Markup[];
  /** From top to bottom, evenly spread. */
  readonly labels: readonly string[];
  readonly axis: TimeAxis;
  readonly content: Markup;
}

/** The frame of a chart: title, legend, scale at the left, times below. */
export function plot({ title, legend, labels, axis, content }: PlotOptions): Markup {
  return markup`<figure class="chart">
<figcaption>${title}<span class="legend">${legend}</span></figcaption>
<div class="plot"><div class="scale">${labels.map((label) => markup`<span>${label}</span>`)}</div>
<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${title}">${content}</svg></div>
${timeScale(axis)}
</figure>`;
}

const marks = 4;

/** Five times, evenly spread. */
export function timeScale({ fromMs, toMs }: TimeAxis): Markup {
  const withDay = toMs - fromMs > 86_400_000;
  const step = toMs - fromMs < 10 * 60_000 ? 1_000 : 60_000;
  const labels = Array.from({ length: marks + 1 }, (_, i) => {
    const at = fromMs + ((toMs - fromMs) * i) / marks;
    const isEndOfDay = i === marks && at % 86_400_000 === 0 && !withDay;
    return markup`<span>${isEndOfDay ? '24:00' : shortTime(Math.round(at / step) * step, withDay)}</span>`;
  });
  return markup`<div class="times">${labels}</div>`;
}

/** One decimal is finer than a pixel. */
export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
