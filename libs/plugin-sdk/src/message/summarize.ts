import type { Language, Severity } from '@tapewatch/model';
import type { Notification, NotificationAlert, NotificationReport } from '../channel.js';
import { cleanLine, cleanText, cutText } from './clean-text.js';
import { formatValue } from './format-value.js';
import { formatElapsed, formatTime } from './times.js';
import { messageWords, type MessageWords } from './words.js';

/** A notification in words, for channels that people read. Nothing is escaped yet; no text has control characters. @public */
export interface MessageSummary {
  /** One line: `[FIRING:2] critical ExchangeFeedStale (binance, ticker)`. */
  readonly title: string;
  readonly state: 'firing' | 'resolved' | 'test';
  /** The worst of what fires. */
  readonly severity?: Severity;
  /** A sign for state and severity; the words say the same. */
  readonly mark: string;
  /** In the order of the notification. */
  readonly alerts: readonly AlertSummary[];
  readonly language: Language;
  readonly words: MessageWords;
}

/** One alert in words. The texts together have at most some 2,600 UTF-16 units, links not counted. @public */
export interface AlertSummary {
  readonly state: MessageSummary['state'];
  readonly severity?: Severity;
  readonly mark: string;
  /** `FIRING critical` */
  readonly status: string;
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** Those that say what it is about. */
  readonly labels: readonly Fact[];
  /** Value, since when, who has it in hand. */
  readonly facts: readonly Fact[];
  /** To the alert and to its runbook; http(s) only. */
  readonly links: readonly { readonly text: string; readonly url: string }[];
}

/** @public */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** Labels that say nothing about what is wrong. */
const quiet = new Set(['alertname', 'severity', 'job', 'instance']);
const marks = { critical: '🔴', warning: '🟠', info: '🔵', resolved: '✅', test: '🧪' } as const;
const ranks: readonly Severity[] = ['critical', 'warning', 'info'];
const limits = { name: 120, summary: 500, description: 700, labelName: 60, labelValue: 100, labels: 8, url: 1000 };

/**
 * Says what a notification is about. The language is the notification's own when none is given.
 * @example
 * const { title, mark, alerts, words } = summarize(notification, config.language);
 * const paragraphs = alerts.map(({ status, name, summary }) => escape(`${status} ${name}: ${summary}`));
 * const text = joinWithin(paragraphs, { limit: 2000, separator: '\n', more: words.more });
 * @public
 */
export function summarize(notification: Notification, language?: Language): MessageSummary {
  const spoken = language ?? notification.language ?? 'en';
  const words = messageWords(spoken);
  if (notification.report !== undefined) return summarizeReport(notification.report, spoken, words);
  const alerts = notification.alerts.map((alert) => summarizeAlert(alert, notification, words));
  const severity = ranks.find((rank) => alerts.some((alert) => alert.state === 'firing' && alert.severity === rank));
  const state = notification.test ? 'test' : notification.status;
  return {
    title: titleOf(notification, severity, words),
    state,
    mark: markOf(state, severity),
    alerts,
    language: spoken,
    words,
    ...(severity === undefined ? {} : { severity }),
  };
}

/** The key figures of a report in place of an alert. */
function summarizeReport(report: NotificationReport, language: Language, words: MessageWords): MessageSummary {
  const shared = { state: 'firing', severity: 'info', mark: '📊' } as const;
  const title = line(report.title, limits.name);
  const told: AlertSummary = {
    ...shared,
    status: words.report,
    name: title,
    summary: '',
    description: cutText(cleanText(report.text), limits.description),
    labels: [],
    facts: [],
    links: linkTo(words.openReport, report.url),
  };
  return { ...shared, title, alerts: [told], language, words };
}

function titleOf(notification: Notification, severity: Severity | undefined, words: MessageWords): string {
  const { alerts, commonLabels, test } = notification;
  const names = [...new Set(alerts.map(({ name }) => line(name, limits.name)))];
  const shown = names.slice(0, 3).join(', ') + (names.length > 3 ? ` ${words.more(names.length - 3)}` : '');
  if (test) return `[${words.test}] ${shown}`;
  const firing = alerts.filter(({ status }) => status === 'firing').length;
  const counts = [
    ...(firing > 0 ? [`${words.firing}:${firing}`] : []),
    ...(alerts.length > firing ? [`${words.resolved}:${alerts.length - firing}`] : []),
  ];
  const about = [...new Set(speakingLabels(commonLabels).map(({ value }) => value))].slice(0, 4).join(', ');
  return [
    `[${counts.join(', ')}]`,
    ...(severity === undefined ? [] : [words.severity[severity]]),
    shown,
    ...(about === '' ? [] : [`(${about})`]),
  ].join(' ');
}

function summarizeAlert(alert: NotificationAlert, { at, test }: Notification, words: MessageWords): AlertSummary {
  const state = test ? 'test' : alert.status;
  const { severity } = alert;
  const stateWord = words[state];
  return {
    state,
    mark: markOf(state, severity),
    status: state === 'firing' && severity !== undefined ? `${stateWord} ${words.severity[severity]}` : stateWord,
    name: line(alert.name, limits.name),
    summary: test ? words.testNote : line(alert.annotations['summary'] ?? '', limits.summary),
    description: cutText(cleanText(test ? '' : (alert.annotations['description'] ?? '')), limits.description),
    labels: speakingLabels(alert.labels),
    facts: test ? askedBy(alert, words) : factsOf(alert, at, words),
    links: [
      ...linkTo(test ? words.program : words.alert, alert.url),
      ...(alert.runbookUrl === undefined ? [] : linkTo(words.runbook, alert.runbookUrl)),
    ],
    ...(severity === undefined ? {} : { severity }),
  };
}

/** Tests name who asked for them. */
function askedBy({ annotations }: NotificationAlert, words: MessageWords): readonly Fact[] {
  const by = line(annotations['requested_by'] ?? '', limits.labelValue);
  return by === '' ? [] : [{ name: words.requestedBy, value: by }];
}

function factsOf(alert: NotificationAlert, at: number, words: MessageWords): readonly Fact[] {
  const begun = alert.firedAt ?? alert.startsAt;
  const elapsed = formatElapsed((alert.endsAt ?? at) - begun, words.units);
  return [
    { name: words.value, value: formatValue(alert.value) },
    alert.status === 'firing'
      ? { name: words.since, value: `${formatTime(begun)} (${words.elapsed(elapsed)})` }
      : { name: words.lasted, value: `${elapsed} (${formatTime(begun)} – ${formatTime(alert.endsAt ?? at)})` },
    ...(alert.acknowledgedBy === undefined
      ? []
      : [{ name: words.acknowledgedBy, value: line(alert.acknowledgedBy, limits.labelValue) }]),
  ];
}

/** Two labels of one value, as exchange and venue often are, are told once. */
function speakingLabels(labels: Readonly<Record<string, string>>): readonly Fact[] {
  const seen = new Set<string>();
  const facts: Fact[] = [];
  for (const [name, text] of Object.entries(labels)) {
    const value = line(text, limits.labelValue);
    if (quiet.has(name) || value === '' || (name === 'venue' && seen.has(value))) continue;
    seen.add(value);
    facts.push({ name: line(name, limits.labelName), value });
  }
  return facts.slice(0, limits.labels);
}

function linkTo(text: string, url: string): readonly { readonly text: string; readonly url: string }[] {
  if (url.length > limits.url || !URL.canParse(url)) return [];
  const parsed = new URL(url);
  return parsed.protocol === 'http:' || parsed.protocol === 'https:' ? [{ text, url: parsed.href }] : [];
}

function markOf(state: MessageSummary['state'], severity: Severity | undefined): string {
  return state === 'firing' ? marks[severity ?? 'info'] : marks[state];
}

function line(text: string, limit: number): string {
  return cutText(cleanLine(text), limit);
}
