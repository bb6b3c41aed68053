import {
  cleanLine,
  cutText,
  defineChannel,
  headerValue,
  reasonOfFailure,
  rejected,
  resultOfStatus,
  retry,
  sent,
  type Notification,
  type SendResult,
} from '@tapewatch/plugin-sdk';
import { telegramConfig, type TelegramConfig } from './config.js';
import { formatMessage } from './format.js';
import { markups } from './markup.js';

/** Writes into a Telegram chat, as a bot. */
export const telegramChannel = defineChannel({
  type: 'telegram',
  description: 'Writes alerts into a Telegram chat',
  config: telegramConfig,
  sendResolved: true,
  // A bot may send 20 messages a minute to one group (core.telegram.org/bots/faq).
  limits: { rate: { count: 20, perMs: 60_000 } },
  escape: ({ parse_mode }) => markups[parse_mode].escape,
  async send(context, config, notification) {
    try {
      const response = await context.fetch(methodUrl(config), {
        method: 'POST',
        // The address carries the token.
        redirect: 'manual',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'tapewatch',
          'idempotency-key': headerValue(notification.idempotencyKey),
        },
        body: JSON.stringify(requestOf(config, notification)),
      });
      const answer = await answerOf(response);
      return resultOf(response, answer, config, context.clock.now());
    } catch (thrown) {
      return retry(reasonOfFailure(thrown));
    }
  },
});

function methodUrl({ api_url, bot_token }: TelegramConfig): string {
  const token = encodeURIComponent(bot_token.reveal().trim()).replaceAll('%3A', ':');
  return `${api_url.replace(/\/+$/, '')}/bot${token}/sendMessage`;
}

function requestOf(config: TelegramConfig, notification: Notification): Readonly<Record<string, unknown>> {
  return {
    chat_id: config.chat_id,
    text: formatMessage(notification, markups[config.parse_mode], config.language),
    disable_notification: config.disable_notifications,
    link_preview_options: { is_disabled: true },
    ...(config.parse_mode === '' ? {} : { parse_mode: config.parse_mode }),
    ...(config.message_thread_id === undefined ? {} : { message_thread_id: config.message_thread_id }),
  };
}

interface Answer {
  readonly description?: unknown;
  readonly parameters?: { readonly retry_after?: unknown; readonly migrate_to_chat_id?: unknown };
}

/** What Telegram says besides the status; nothing when it is no JSON, as a proxy's answer is not. */
async function answerOf(response: Response): Promise<Answer> {
  try {
    return (await response.json()) ?? {};
  } catch {
    return {};
  }
}

function resultOf(response: Response, answer: Answer, config: TelegramConfig, nowMs: number): SendResult {
  const { status, headers } = response;
  if (status === 200) return sent();
  const said = typeof answer.description === 'string' ? `: ${cutText(cleanLine(answer.description), 200)}` : '';
  const reason = config.bot_token.hideIn(`Telegram answered ${status}${said}`);
  if (status === 401 || status === 404) return rejected(`${reason} (the bot token is wrong: check bot_token)`);
  const newChat = answer.parameters?.migrate_to_chat_id;
  if (typeof newChat === 'number') return rejected(`${reason} (the group has a new number: set chat_id: ${newChat})`);
  const plain = resultOfStatus(status, headers, nowMs);
  if (plain.outcome !== 'retry') return rejected(reason);
  const seconds = answer.parameters?.retry_after;
  return retry(reason, typeof seconds === 'number' ? seconds * 1000 : plain.afterMs);
}
