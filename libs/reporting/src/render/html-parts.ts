import { markup, type Markup } from '@tapewatch/model';
import type { Table } from './tables.js';

export function card(content: Markup): Markup {
  return markup`<section class="card">${content}</section>`;
}

/** A table that scrolls by itself where it is too wide for the page. */
export function scrollTable({ columns, numeric, rows }: Table, options: { readonly last?: 'wide' } = {}): Markup {
  const kind = (i: number): string => {
    if (numeric[i] === true) return 'number';
    return options.last === 'wide' && i === columns.length - 1 ? 'wide' : '';
  };
  const head = columns.map((column, i) => markup`<th class="${kind(i)}">${column}</th>`);
  const body = rows.map(
    (row) => markup`<tr>${row.map((cell, i) => markup`<td class="${kind(i)}">${cell}</td>`)}</tr>
`,
  );
  return markup`<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** A colour and what it stands for. */
export function legendKey(kind: string, name: string): Markup {
  return markup`<span class="key"><span class="dot ${kind}"></span>${name}</span>`;
}
