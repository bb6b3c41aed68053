import { createHash } from 'node:crypto';
import {
  cleanLine,
  cutText,
  headerValue,
  summarize,
  type Notification,
  type NotificationReport,
} from '@tapewatch/plugin-sdk';
import MailComposer from 'nodemailer/lib/mail-composer';
import { addressesOf } from './addresses.js';
import type { EmailConfig } from './config.js';
import { htmlOfText, htmlPart } from './html-part.js';
import { textPart } from './text-part.js';

/** A mail as it goes over the wire, and whom it is for. */
export interface ComposedMail {
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly content: Buffer;
}

/**
 * Writes the mail. Its Message-ID comes from the idempotency key and the time, which are the same at every attempt, so that a mail that arrives twice is known for the same; all mails of
 * one group refer to one id, so that mail programs show them as one conversation.
 */
export async function composeMail(config: EmailConfig, notification: Notification): Promise<ComposedMail> {
  const summary = summarize(notification, config.language);
  const { title, text } = notification.message ?? {};
  const [from = ''] = addressesOf(config.from) ?? [];
  const to = addressesOf(config.to) ?? [];
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const thread = idOf(`${notification.receiver}\n${notification.groupKey}`, domain);
  const composer = new MailComposer({
    from: config.from,
    to: config.to,
    subject: cutText(title === undefined ? summary.title : cleanLine(title), 180),
    date: new Date(notification.at),
    messageId: idOf(`${notification.idempotencyKey}\n${notification.at}`, domain),
    // A test belongs to no conversation.
    ...(notification.test ? {} : { inReplyTo: thread, references: thread }),
    headers: {
      ...(summary.state === 'firing' && summary.severity === 'critical' ? urgent : {}),
      ...config.headers,
      // RFC 3834: nobody's holiday notice shall answer.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Idempotency-Key': headerValue(cleanLine(notification.idempotencyKey)),
    },
    text: text ?? textPart(summary, notification.externalUrl),
    ...(config.html
      ? { html: text === undefined ? htmlPart(summary, notification.externalUrl) : htmlOfText(text, summary.language) }
      : {}),
    // Whole, as most mail programs show no charts in a mail itself.
    ...(notification.report === undefined ? {} : { attachments: [attachmentOf(notification.report)] }),
    // No file and no address of this machine's network is ever read into a mail.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { envelope: { from, to }, content: await composer.compile().build() };
}

function attachmentOf({ id, html }: NotificationReport) {
  return { filename: `${id.replace(/[^\w-]/g, '_')}.html`, content: html, contentType: 'text/html; charset=utf-8' };
}

const urgent = { 'X-Priority': '1 (Highest)', Importance: 'High' };

function idOf(key: string, domain: string): string {
  return `<${createHash('sha256').update(key).digest('hex').slice(0, 40)}@${domain}>`;
}
