import { summarize, type Notification } from '@tapewatch/plugin-sdk';

/** What a notification says: in the words of templates, where there are any, or in plain ones. */
export function wordsOf(notification: Notification): { readonly title: string; readonly text: string } {
  const { title, alerts } = summarize(notification);
  const lines = alerts.map(({ status, name, summary, description }) => {
    const told = [summary, description].filter((text) => text !== '').join(' ');
    return told === '' ? `${status} ${name}` : `${status} ${name}: ${told}`;
  });
  const { message } = notification;
  return { title: message?.title ?? title, text: message?.text ?? lines.join('\n') };
}
