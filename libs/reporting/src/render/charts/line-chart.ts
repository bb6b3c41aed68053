import { markup, type Markup } from '@tapewatch/model';
import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import { height, plot, rounded, type TimeAxis, width } from './plot.js';

export interface ChartLine {
  readonly name: string;
  /** Which of the chart colours, and with `area` filled down to 0. */
  readonly colour: 1 | 2 | 3;
  readonly filled?: boolean;
  /** Evenly spread over the range; null leaves a gap. */
  readonly points: readonly (number | null)[];
}

export interface LineChartOptions {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly axis: TimeAxis;
  readonly format: (value: number) => string;
  /** Upper end of the scale; without it the greatest value decides. */
  readonly top?: number;
}

/** Lines over time from 0 up, with a legend. */
export function lineChart({ title, lines, axis, format, top }: LineChartOptions): Markup {
  const greatest = Math.max(0, ...lines.flatMap(({ points }) => points.filter((point) => point !== null)));
  const scale = scaleLinear()
    .domain([0, top ?? (greatest > 0 ? greatest : 1)])
    .range([height, 0]);
  if (top === undefined) scale.nice(2);
  const upper = scale.domain()[1] as number;
  const paths = lines.map((one) => pathsOf(one, scale));
  const legend = lines.map(
    ({ name, colour }) => markup`<span class="key"><span class="dot fill-${colour}"></span>${name}</span>`,
  );
  return plot({
    title,
    legend,
    labels: [format(upper), format(upper / 2), format(0)],
    axis,
    content: markup`<line class="grid" x1="0" x2="${width}" y1="${height / 2}" y2="${height / 2}"/>${paths}`,
  });
}

function pathsOf({ points, colour, filled }: ChartLine, scale: (value: number) => number): Markup {
  const x = (_: number | null, i: number): number => rounded(((i + 0.5) * width) / points.length);
  const y = (value: number | null): number => rounded(scale(value ?? 0));
  const defined = (value: number | null): boolean => value !== null;
  const stroke = line<number | null>().defined(defined).x(x).y(y)(points) ?? '';
  const fill =
    filled === true ? (area<number | null>().defined(defined).x(x).y0(height).y1(y)(points) ?? '') : undefined;
  return markup`${fill === undefined ? '' : markup`<path class="area fill-${colour}" d="${fill}"/>`}<path class="line stroke-${colour}" d="${stroke}"/>${lonely(points, x, y, colour)}`;
}

/** A point between two gaps is no line; it would not be seen. */
function lonely(
  points: readonly (number | null)[],
  x: (value: number | null, i: number) => number,
  y: (value: number | null) => number,
  colour: number,
): readonly Markup[] {
  return points.flatMap((value, i) =>
    value === null || (points[i - 1] ?? null) !== null || (points[i + 1] ?? null) !== null
      ? []
      : [
          markup`<line class="line stroke-${colour}" x1="${x(value, i) - 3}" x2="${x(value, i) + 3}" y1="${y(value)}" y2="${y(value)}"/>`,
        ],
  );
}
