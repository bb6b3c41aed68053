import { markup, type Markup } from '@tapewatch/model';
import { scaleLinear } from 'd3-scale';
import { rounded, timeScale, width, type TimeAxis } from './plot.js';

const stripHeight = 20;
/** An alert of seconds must be seen in a day. */
const leastWidth = 3;

export interface StripPart {
  readonly fromMs: number;
  readonly toMs: number;
  /** Its colour: `severity-critical`, `status-healthy` ... */
  readonly kind: string;
  /** From the bottom up, 0 to 1; without it all of it. */
  readonly share?: number;
  /** Shown when pointed at. */
  readonly about: string;
}

export interface Strip {
  readonly name: string;
  /** At the right. */
  readonly figure: string;
  readonly parts: readonly StripPart[];
}

/** Rows of what held when. */
export function strips(title: string, rows: readonly Strip[], axis: TimeAxis, legend: readonly Markup[]): Markup {
  const x = scaleLinear().domain([axis.fromMs, axis.toMs]).range([0, width]).clamp(true);
  return markup`<figure class="chart">
<figcaption>${title}<span class="legend">${legend}</span></figcaption>
<div class="strips">${rows.map(
    ({ name, figure, parts }) => markup`<div class="strip"><span class="name">${name}</span>
<svg viewBox="0 0 ${width} ${stripHeight}" preserveAspectRatio="none" role="img" aria-label="${name}: ${figure}"><rect class="ground" width="${width}" height="${stripHeight}"/>${parts.map((part) => rectangle(part, x))}</svg>
<span class="figure">${figure}</span></div>`,
  )}<div class="strip"><span></span>${timeScale(axis)}<span></span></div></div>
</figure>`;
}

function rectangle({ fromMs, toMs, kind, share = 1, about }: StripPart, x: (ms: number) => number): Markup {
  const wide = Math.max(leastWidth, x(toMs) - x(fromMs));
  const left = Math.min(x(fromMs), width - wide);
  const tall = stripHeight * share;
  return markup`<rect class="${kind}" x="${rounded(left)}" y="${rounded(stripHeight - tall)}" width="${rounded(wide)}" height="${rounded(tall)}"><title>${about}</title></rect>`;
}
