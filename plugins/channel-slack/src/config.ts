import { language, secret, secretUrl } from '@tapewatch/plugin-sdk/zod';
import { z } from 'zod';

/** Alertmanager's names (slack_config), so that what is written for it works here. */
export const slackConfig = z
  .strictObject({
    api_url: secretUrl().optional().describe('Address of an incoming webhook; kept secret'),
    app_token: secret()
      .optional()
      .describe('Bot token (xoxb-...) with the right chat:write, in place of api_url; kept secret'),
    app_url: z
      .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
      .default('https://slack.com/api/chat.postMessage')
      .describe('Where a message with app_token is posted'),
    channel: z
      .string()
      .min(1)
      .optional()
      .describe('Channel: #name or its id. Needed with app_token; a webhook of a Slack app has its own and ignores it'),
    username: z.string().min(1).optional().describe('Name to post under, where Slack allows that'),
    icon_emoji: z
      .string()
      .regex(/^:[^\s:]+:$/, 'must be an emoji such as :rotating_light:')
      .optional()
      .describe('Emoji to post with, such as :rotating_light:, where Slack allows that'),
    icon_url: z
      .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
      .optional()
      .describe('Picture to post with, where Slack allows that'),
    language: language().describe("en or ko; the program's own when left out"),
  })
  .superRefine((config, context) => {
    const fault = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (config.api_url === undefined && config.app_token === undefined)
      fault('api_url', 'Either api_url (an incoming webhook) or app_token (a bot token) is needed.');
    if (config.api_url !== undefined && config.app_token !== undefined)
      fault('app_token', 'There is api_url already; take one of the two out.');
    if (config.app_token !== undefined && config.channel === undefined)
      fault('channel', 'A bot has to be told where to write: set channel, such as "#alerts".');
  });

export type SlackConfig = z.output<typeof slackConfig>;
