import { formatValue, type Notification, type NotificationAlert, type NotificationReport } from '@tapewatch/plugin-sdk';

const colors = {
  critical: '\u001b[1;31m',
  warning: '\u001b[33m',
  info: '\u001b[36m',
  resolved: '\u001b[32m',
  dim: '\u001b[2m',
} as const;
const reset = '\u001b[0m';

/** Labels that say nothing about what is wrong. */
const quiet = new Set(['alertname', 'severity', 'job', 'instance']);

/** A few lines per alert: what, how bad, where, since when, and what to do about it. */
export function formatNotification(notification: Notification, color: boolean): string {
  const { report } = notification;
  if (report !== undefined) return formatReport(report, notification.at, color);
  const { message } = notification;
  if (message?.text !== undefined) return formatText(message.title, message.text, notification.at);
  return notification.alerts.map((alert) => formatAlert(alert, notification.at, color)).join('\n');
}

function formatAlert(alert: NotificationAlert, at: number, color: boolean): string {
  const paint = (text: string, name: keyof typeof colors): string => (color ? `${colors[name]}${text}${reset}` : text);
  const firing = alert.status === 'firing';
  const severity = alert.severity ?? 'info';
  const head = firing ? paint(`FIRING ${severity}`, severity) : paint('RESOLVED', 'resolved');
  const since = firing
    ? `since ${time(alert.firedAt ?? alert.startsAt)}`
    : `after ${seconds((alert.endsAt ?? at) - (alert.firedAt ?? alert.startsAt))}`;
  const facts = [
    ...Object.entries(alert.labels).flatMap(([name, value]) => (quiet.has(name) ? [] : [`${name}=${clean(value)}`])),
    `value=${formatValue(alert.value)}`,
    since,
    ...(alert.acknowledgedBy === undefined ? [] : [`acknowledged by ${clean(alert.acknowledgedBy)}`]),
  ];
  const lines = [
    `${time(at)} ${head} ${clean(alert.name)}: ${clean(alert.annotations['summary'] ?? '')}`.trimEnd(),
    `    ${paint(facts.join(' '), 'dim')}`,
    ...(firing && alert.runbookUrl !== undefined ? [`    runbook ${clean(alert.runbookUrl)}`] : []),
  ];
  return lines.join('\n');
}

function formatText(title: string | undefined, text: string, at: number): string {
  const lines = text.split('\n').map(clean);
  return title === undefined
    ? lines.map((line, i) => (i === 0 ? `${time(at)} ${line}` : `    ${line}`)).join('\n')
    : [`${time(at)} ${clean(title)}`, ...lines.map((line) => `    ${line}`)].join('\n');
}

function formatReport({ title, text, url }: NotificationReport, at: number, color: boolean): string {
  const head = color ? `${colors.info}REPORT${reset}` : 'REPORT';
  const lines = [...text.split('\n').map(clean), clean(url)];
  return [`${time(at)} ${head} ${clean(title)}`, ...lines.map((line) => `    ${line}`)].join('\n');
}

/** Control characters of foreign text must not reach a terminal. */
function clean(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 500);
}

function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)}Z`;
}

function seconds(ms: number): string {
  const whole = Math.round(ms / 1000);
  return whole < 120 ? `${whole} s` : `${Math.round(whole / 60)} min`;
}
