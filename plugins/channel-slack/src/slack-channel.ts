import { defineChannel, headerValue, reasonOfFailure, retry, type SendResult } from '@tapewatch/plugin-sdk';
import { slackConfig, type SlackConfig } from './config.js';
import { escapeText, formatMessage } from './format.js';
import { resultOfAnswer } from './result.js';

/** Writes into a Slack channel, through an incoming webhook or as a bot. */
export const slackChannel = defineChannel({
  type: 'slack',
  description: 'Writes alerts into a Slack channel',
  config: slackConfig,
  sendResolved: true,
  // An incoming webhook takes one message a second (docs.slack.dev, rate limits).
  limits: { rate: { count: 1, perMs: 1_000 } },
  escape: () => escapeText,
  async send(context, config, notification): Promise<SendResult> {
    try {
      const response = await context.fetch(config.api_url?.reveal() ?? config.app_url, {
        method: 'POST',
        // Slack sends who has a wrong address to a page; the message must not go there.
        redirect: 'manual',
        headers: {
          ...(config.app_token === undefined ? {} : { authorization: `Bearer ${config.app_token.reveal().trim()}` }),
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'tapewatch',
          'idempotency-key': headerValue(notification.idempotencyKey),
        },
        body: JSON.stringify({ ...formatMessage(notification, config.language), ...appearance(config) }),
      });
      const body = await textOf(response);
      return masked(resultOfAnswer(response.status, response.headers, body, context.clock.now()), config);
    } catch (thrown) {
      return retry(reasonOfFailure(thrown));
    }
  },
});

function appearance(config: SlackConfig): Readonly<Record<string, string>> {
  const { channel, username, icon_emoji, icon_url } = config;
  return Object.fromEntries(
    Object.entries({ channel, username, icon_emoji, icon_url }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
}

async function textOf(response: Response): Promise<string | undefined> {
  try {
    return await response.text();
  } catch {
    return undefined;
  }
}

/** Words of the other side could repeat what they were sent. */
function masked(result: SendResult, { api_url, app_token }: SlackConfig): SendResult {
  if (result.outcome === 'sent') return result;
  const reason = [api_url, app_token].reduce((text, secret) => secret?.hideIn(text) ?? text, result.reason);
  return { ...result, reason };
}
