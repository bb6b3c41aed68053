import { cutText, summarize, type AlertSummary, type Language, type Notification } from '@tapewatch/plugin-sdk';

/** Of one text object (docs.slack.dev, block kit: "text ... maximum length 3000"). */
const longestText = 3000;
/** Of one message; each alert takes two, and one says how many are left out. */
const mostBlocks = 50;
const mostAlerts = Math.floor((mostBlocks - 1) / 2);

const colors = {
  critical: '#d92d20',
  warning: '#f79009',
  info: '#2e90fa',
  resolved: '#12b76a',
  test: '#7a5af8',
} as const;

export interface SlackMessage {
  /** Shown above the blocks, and alone where blocks are not shown: in push messages, in search. */
  readonly text: string;
  readonly attachments: readonly [
    { readonly color: string; readonly fallback: string; readonly blocks: readonly Block[] },
  ];
}

type Text = { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true };
type Block =
  { readonly type: 'section'; readonly text: Text } | { readonly type: 'context'; readonly elements: readonly [Text] };

/** A headline, and two blocks for each alert beside a bar in the colour of the worst. */
export function formatMessage(notification: Notification, language?: Language): SlackMessage {
  const summary = summarize(notification, language);
  const { alerts, words, state, severity } = summary;
  const { message } = notification;
  const color = colors[state === 'firing' ? (severity ?? 'info') : state];
  const head = message?.title ?? `${summary.mark} ${cutText(summary.title, 1000, escapeText)}`;
  if (message?.text !== undefined && message.text !== '') {
    const blocks = [section(cutText(message.text, longestText))];
    return { text: `*${head}*`, attachments: [{ color, fallback: head, blocks }] };
  }
  const shown = alerts.slice(0, alerts.length > mostAlerts ? mostAlerts : undefined);
  const blocks = shown.flatMap((alert) => blocksOf(alert, alerts.length > 1));
  if (shown.length < alerts.length) blocks.push(context(escapeText(words.more(alerts.length - shown.length))));
  return { text: `*${head}*`, attachments: [{ color, fallback: head, blocks }] };
}

function blocksOf(alert: AlertSummary, named: boolean): Block[] {
  const told = [
    ...(named ? [`${alert.mark} ${escapeText(alert.status)} *${escapeText(alert.name)}*`] : []),
    cutText(alert.summary, 900, escapeText),
    ...(alert.description === alert.summary ? [] : [cutText(alert.description, 900, escapeText)]),
    alert.links.map(({ text, url }) => `<${escapeUrl(url)}|${escapeText(text)}>`).join(' · '),
  ];
  const facts = [...alert.labels, ...alert.facts].map(
    ({ name, value }) => `${escapeText(name)}: *${escapeText(value)}*`,
  );
  return [section(inLines(told)), ...(facts.length === 0 ? [] : [context(joinWhole(facts, '  |  '))])];
}

/** Slack refuses an empty text. */
function inLines(lines: readonly string[]): string {
  const filled = lines.filter((line) => line !== '');
  return filled.length === 0 ? '–' : joinWhole(filled, '\n');
}

/** As many parts as fit, each of them whole, so that nothing is cut within an escape or a link. */
function joinWhole(parts: readonly string[], separator: string): string {
  let text = '';
  for (const part of parts) {
    const next = text === '' ? part : text + separator + part;
    if (next.length <= longestText) text = next;
  }
  return text;
}

function section(text: string): Block {
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

function context(text: string): Block {
  return { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] };
}

/** The three characters that begin markup which does something (docs.slack.dev, "Escaping text"); `verbatim` keeps the rest from becoming links. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function escapeUrl(url: string): string {
  return escapeText(url.replaceAll('|', '%7C').replaceAll('<', '%3C').replaceAll('>', '%3E'));
}
