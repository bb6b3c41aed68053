import { displayWidth, padToWidth } from './display-width.js';
import { printable } from './printable.js';
import type { Style } from './style.js';

/** Columns below their titles; nothing is cut, and no cell can draw a row of its own. */
export function tableLines(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): readonly string[] {
  const shown = rows.map((row) => row.map(printable));
  const widths = titles.map((title, i) => Math.max(...[title, ...shown.map((row) => row[i] ?? '')].map(displayWidth)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === cells.length - 1 ? cell : padToWidth(cell, widths[i] ?? 0))).join('  ');
  return [style.dim(line(titles)), ...shown.map(line)];
}
