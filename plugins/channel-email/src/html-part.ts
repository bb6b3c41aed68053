import { joinWithin, type AlertSummary, type Fact, type MessageSummary } from '@tapewatch/plugin-sdk';

/** Gmail cuts mails at 102 KB. */
const longestHtml = 80_000;

const colors = {
  critical: '#d92d20',
  warning: '#b54708',
  info: '#175cd3',
  resolved: '#027a48',
  test: '#5925dc',
} as const;

/**
 * The mail for programs that show HTML. Tables and inline styles are what all of them understand; those that know dark mode find its
 * colours in the head.
 */
export function htmlPart(summary: MessageSummary, externalUrl: string): string {
  const { title, alerts, words, language } = summary;
  const cards = joinWithin(alerts.map(card), {
    limit: longestHtml,
    separator: '\n',
    more: (count) => `<p class="soft" style="${soft}margin:16px 4px">${escapeHtml(words.more(count))}</p>`,
  });
  const [first] = alerts;
  const preview = escapeHtml(first?.summary ?? '');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(title)}</title>
<style>
:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){
body,.page{background:#0f1419!important}
.card{background:#1b222b!important;border-top-color:#2f3a46!important;border-right-color:#2f3a46!important;border-bottom-color:#2f3a46!important}
.ink{color:#f2f4f7!important}
.soft{color:#a4afbd!important}
.plainlink{background:#1b222b!important;color:#a9c8ff!important;border-color:#41505f!important}
}
</style>
</head>
<body class="page" style="margin:0;background:#f2f4f7">
<div style="display:none;max-height:0;overflow:hidden">${preview}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f2f4f7"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:640px"><tr><td style="${font}">
<h1 class="ink" style="${ink}font-size:20px;line-height:28px;margin:0 4px 16px;overflow-wrap:anywhere">${escapeHtml(title)}</h1>
${cards}
<p class="soft" style="${soft}font-size:12px;line-height:18px;margin:20px 4px 0">${escapeHtml(words.sentBy(externalUrl))}</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}

const font =
  "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Noto Sans','Noto Sans KR','Apple SD Gothic Neo',sans-serif;";
const ink = 'color:#101828;';
const soft = 'color:#475467;';

function card(alert: AlertSummary): string {
  const color = colors[alert.state === 'firing' ? (alert.severity ?? 'info') : alert.state];
  const rows = [...alert.labels, ...alert.facts].map(row).join('');
  return `<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="background:#ffffff;border:1px solid #d0d5dd;border-left:6px solid ${color};border-radius:8px;border-collapse:separate;margin:0 0 12px"><tr><td style="padding:16px 20px">
<p style="margin:0 0 8px"><span style="background:${color};color:#ffffff;border-radius:4px;padding:2px 8px;font-size:12px;line-height:18px;font-weight:600">${escapeHtml(alert.status)}</span> <strong class="ink" style="${ink}font-size:16px;overflow-wrap:anywhere">${escapeHtml(alert.name)}</strong></p>
${paragraph(alert.summary, 'ink', `${ink}font-size:15px;line-height:22px`)}${
    alert.description === alert.summary
      ? ''
      : paragraph(alert.description, 'soft', `${soft}font-size:14px;line-height:20px`)
  }${rows === '' ? '' : `<table cellpadding="0" cellspacing="0" style="margin:4px 0 0;font-size:14px;line-height:20px">${rows}</table>`}
${buttons(alert, color)}
</td></tr></table>`;
}

function paragraph(text: string, tone: string, style: string): string {
  if (text === '') return '';
  return `<p class="${tone}" style="${style};margin:0 0 8px;overflow-wrap:anywhere">${escapeHtml(text).replaceAll('\n', '<br>')}</p>\n`;
}

function row({ name, value }: Fact): string {
  return `<tr><th class="soft" align="left" style="${soft}font-weight:400;padding:2px 16px 2px 0;vertical-align:top;white-space:nowrap">${escapeHtml(name)}</th><td class="ink" style="${ink}padding:2px 0;overflow-wrap:anywhere">${escapeHtml(value)}</td></tr>`;
}

/** The first is the one to press. */
function buttons({ links }: AlertSummary, color: string): string {
  if (links.length === 0) return '';
  const shape =
    'display:inline-block;border-radius:6px;padding:8px 14px;margin:0 8px 0 0;font-size:14px;line-height:20px;font-weight:600;text-decoration:none;';
  const made = links.map(({ text, url }, i) =>
    i === 0
      ? `<a href="${escapeHtml(url)}" style="${shape}background:${color};color:#ffffff;border:1px solid ${color}">${escapeHtml(text)}</a>`
      : `<a class="plainlink" href="${escapeHtml(url)}" style="${shape}background:#ffffff;color:#1d4f91;border:1px solid #d0d5dd">${escapeHtml(text)}</a>`,
  );
  return `<p style="margin:14px 0 0">${made.join('')}</p>`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A text as it is, lines and spaces kept. */
export function htmlOfText(text: string, language: string): string {
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>
<body><pre style="white-space:pre-wrap;font-family:inherit">${escapeHtml(text)}</pre></body>
</html>
`;
}
