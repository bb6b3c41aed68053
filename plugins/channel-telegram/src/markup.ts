import type { TelegramConfig } from './config.js';

/** How Telegram marks up text; see "Formatting options" of its Bot API. */
export interface Markup {
  /** Makes any text stand for itself. */
  readonly escape: (text: string) => string;
  readonly bold: (escaped: string) => string;
  readonly link: (text: string, url: string) => string;
  /** Takes the markup away again: what counts against Telegram's limit. */
  readonly plain: (marked: string) => string;
}

const html: Markup = {
  escape: escapeHtml,
  bold: (escaped) => `<b>${escaped}</b>`,
  link: (text, url) => `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`,
  plain: (marked) =>
    marked
      .replace(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&'),
};

const markdown: Markup = {
  escape: escapeMarkdown,
  bold: (escaped) => `*${escaped}*`,
  link: (text, url) => `[${escapeMarkdown(text)}](${url.replace(/[\\)]/g, '\\$&')})`,
  // Not exact: the marks themselves are counted, too, so that the text is rather shorter than it could be.
  plain: (marked) => marked.replace(/\\([\x21-\x7e])/g, '$1'),
};

const none: Markup = {
  escape: (text) => text,
  bold: (text) => text,
  link: (text, url) => `${text}: ${url}`,
  plain: (text) => text,
};

export const markups: Readonly<Record<TelegramConfig['parse_mode'], Markup>> = {
  HTML: html,
  MarkdownV2: markdown,
  '': none,
};

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\_*[\]()~`>#+\-=|{}.!]/g, '\\$&');
}
