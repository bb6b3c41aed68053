import { joinWithin, type AlertSummary, type MessageSummary } from '@tapewatch/plugin-sdk';

const longestText = 60_000;

/** The mail for programs that show plain text. */
export function textPart(summary: MessageSummary, externalUrl: string): string {
  const { title, mark, alerts, words } = summary;
  const body = joinWithin(alerts.map(paragraph), {
    limit: longestText,
    separator: '\n\n',
    more: words.more,
  });
  return `${mark} ${title}\n\n${body}\n\n-- \n${words.sentBy(externalUrl)}\n`;
}

function paragraph(alert: AlertSummary): string {
  const lines = [
    `${alert.mark} ${alert.status} ${alert.name}`,
    alert.summary,
    alert.description === alert.summary ? '' : alert.description,
    ...[...alert.labels, ...alert.facts].map(({ name, value }) => `  ${name}: ${value}`),
    ...alert.links.map(({ text, url }) => `  ${text}: ${url}`),
  ];
  return lines.filter((line) => line !== '').join('\n');
}
