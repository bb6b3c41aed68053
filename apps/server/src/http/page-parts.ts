import { markup, type Markup } from '@tapewatch/model';

/** Annotations come from rule files; only links that lead to a page become links. */
export function runbookLink(url: string | undefined): Markup {
  return url !== undefined && /^(https?:\/\/|\/(?!\/))/.test(url) ? markup`<a href="${url}">runbook</a>` : markup``;
}

export function timeText(at: number): Markup {
  const text = new Date(at).toISOString();
  return markup`<time datetime="${text}">${text.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time>`;
}
