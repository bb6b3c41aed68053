import type { Html } from './html.js';
import { html } from './html.js';

/** Annotations come from rule files; only links that lead to a page become links. */
export function runbookLink(url: string | undefined): Html {
  return url !== undefined && /^(https?:\/\/|\/(?!\/))/.test(url) ? html`<a href="${url}">runbook</a>` : html``;
}

export function timeText(at: number): Html {
  const text = new Date(at).toISOString();
  return html`<time datetime="${text}">${text.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time>`;
}
