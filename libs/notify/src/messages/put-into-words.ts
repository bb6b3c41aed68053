import type { MessageData, MessageTemplate } from '@tapewatch/go-template';
import { messageOf, type Logger } from '@tapewatch/model';
import { cleanText, type Notification } from '@tapewatch/plugin-sdk';
import type { Channel } from '../channels/channel.js';

/** Adds what the channel's templates make of a notification; one that fails is told in the log, and the channel's own words take its place. */
export function putIntoWords(notification: Notification, channel: Channel, logger: Logger): Notification {
  const { template } = channel;
  if (template === undefined || notification.report !== undefined) return notification;
  const data = dataOf(notification);
  const expand = (part: 'title' | 'text'): string | undefined => {
    const own: MessageTemplate | undefined = template[part];
    try {
      const text = own?.expand(data, notification.at, channel.escape);
      return text === undefined ? undefined : cleanText(text);
    } catch (thrown) {
      logger.error(
        { channel: channel.name, template: part, error: messageOf(thrown) },
        'a template failed; the channel says it in its own words',
      );
      return undefined;
    }
  };
  const [title, text] = [expand('title'), expand('text')];
  if (title === undefined && text === undefined) return notification;
  const message = { ...(title === undefined ? {} : { title }), ...(text === undefined ? {} : { text }) };
  return { ...notification, message };
}

/** In Alertmanager's terms. An alert starts there when it fires. */
function dataOf({ alerts, externalUrl, ...notification }: Notification): MessageData {
  const { receiver, status, groupLabels, commonLabels, commonAnnotations } = notification;
  return {
    ...{ receiver, status, groupLabels, commonLabels, commonAnnotations, externalUrl },
    alerts: alerts.map(({ firedAt, startsAt, ...alert }) => ({ ...alert, startsAt: firedAt ?? startsAt })),
  };
}
