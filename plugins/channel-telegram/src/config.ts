import { language, secret } from '@tapewatch/plugin-sdk/zod';
import { z } from 'zod';

/** Alertmanager's names (telegram_config), so that what is written for it works here. */
export const telegramConfig = z.strictObject({
  bot_token: secret().describe('What BotFather gave: 123456:ABC...; kept secret'),
  chat_id: z
    .union([z.int(), z.string().regex(/^(@[A-Za-z]\w*|-?\d+)$/)], {
      error: 'must be a number, or @name of a public channel',
    })
    .describe('The chat: a number (groups have negative ones), or @name of a public channel'),
  message_thread_id: z.int().positive().optional().describe('The topic, in a group that has topics'),
  disable_notifications: z.boolean().default(false).describe('Deliver without a sound'),
  parse_mode: z
    .enum(['HTML', 'MarkdownV2', ''])
    .default('HTML')
    .describe('How the text is marked up: HTML, MarkdownV2, or "" for plain text'),
  api_url: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .default('https://api.telegram.org')
    .describe('Base of the Bot API, when it is not the public one'),
  language: language().describe("en or ko; the program's own when left out"),
});

export type TelegramConfig = z.output<typeof telegramConfig>;
