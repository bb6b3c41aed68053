import { joinWithin, summarize, type AlertSummary, type Language, type Notification } from '@tapewatch/plugin-sdk';
import type { Markup } from './markup.js';

/** In UTF-16 units, markup taken away (sendMessage, "1-4096 characters after entities parsing"). */
const longestText = 4096;

/** A headline, then a paragraph for each alert, as many as Telegram takes. */
export function formatMessage(notification: Notification, markup: Markup, language?: Language): string {
  const { title, mark, state, alerts, words } = summarize(notification, language);
  const own = notification.message;
  if (own?.text !== undefined) {
    const text = own.title === undefined ? own.text : `${own.title}\n${own.text}`;
    // Cut, its markup could be broken and Telegram would refuse it: then our own words say it.
    if (text !== '' && markup.plain(text).length <= longestText) return text;
  }
  const head = own?.title ?? `${mark} ${markup.bold(markup.escape(title))}`;
  // One alert is wholly in the headline but for its summary; saying its name and state twice would only take room.
  const [only] = alerts;
  const blocks =
    alerts.length === 1 && only !== undefined
      ? [paragraph(only, markup, false)]
      : alerts.map((alert) => paragraph(alert, markup, true));
  const rest = joinWithin(blocks, {
    limit: longestText - markup.plain(head).length - 2,
    separator: '\n\n',
    more: (count) => markup.escape(words.more(count)),
    measure: (text) => markup.plain(text).length,
  });
  return state === 'test' || rest !== '' ? `${head}\n${alerts.length === 1 ? '' : '\n'}${rest}` : head;
}

function paragraph(alert: AlertSummary, markup: Markup, named: boolean): string {
  const { escape, bold, link } = markup;
  const labels = alert.labels.map(({ name, value }) => `${escape(name)}: ${bold(escape(value))}`).join(escape(', '));
  const lines = [
    ...(named ? [`${alert.mark} ${escape(alert.status)} ${bold(escape(alert.name))}`] : []),
    escape(alert.summary),
    ...(alert.description === '' || alert.description === alert.summary ? [] : [escape(alert.description)]),
    labels,
    ...alert.facts.map(({ name, value }) => `${escape(name)}: ${escape(value)}`),
    alert.links.map(({ text, url }) => link(text, url)).join(escape(' · ')),
  ];
  return lines.filter((line) => line !== '').join('\n');
}
