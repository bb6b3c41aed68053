import { markup, type Markup } from '@tapewatch/model';
import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { SymbolPart } from '../../daily/daily-report.js';
import { height, rounded, width } from './plot.js';

type Point = SymbolPart['chart'][number];

/** The price as a line in the band between lowest and highest; nothing when there is no price. */
export function priceChart(name: string, points: SymbolPart['chart']): Markup {
  const there = points.filter((point) => point !== null);
  if (there.length === 0) return markup``;
  const low = Math.min(...there.map(([lowest]) => lowest));
  const high = Math.max(...there.map(([, highest]) => highest));
  const margin = high > low ? 0 : Math.abs(high) * 0.01 || 1;
  const scale = scaleLinear()
    .domain([low - margin, high + margin])
    .range([height - 4, 4]);
  const y = (value: number): number => rounded(scale(value));
  const x = (_: Point, i: number): number => rounded(((i + 0.5) * width) / points.length);
  const defined = (point: Point): boolean => point !== null;
  const band = area<Point>()
    .defined(defined)
    .x(x)
    .y0((point) => y(point?.[0] ?? low))
    .y1((point) => y(point?.[1] ?? low));
  const path = line<Point>()
    .defined(defined)
    .x(x)
    .y((point) => y(point?.[2] ?? low));
  return markup`<svg class="price" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${name}"><path class="area fill-1" d="${band(points) ?? ''}"/><path class="line stroke-1" d="${path(points) ?? ''}"/></svg>`;
}
