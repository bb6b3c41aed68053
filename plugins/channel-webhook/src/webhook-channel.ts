import { defineChannel, headerValue, reasonOfFailure, resultOfStatus, retry } from '@tapewatch/plugin-sdk';
import { webhookConfig } from './config.js';
import { webhookPayload } from './payload.js';

/** Posts to a URL what Alertmanager's webhook would. */
export const webhookChannel = defineChannel({
  type: 'webhook',
  description: 'Posts alerts as JSON to a URL',
  config: webhookConfig,
  sendResolved: true,
  limits: { concurrency: 4 },
  async send(context, config, notification) {
    const own = Object.fromEntries(Object.entries(config.headers).map(([name, value]) => [name, value.reveal()]));
    try {
      const response = await context.fetch(config.url.reveal(), {
        method: 'POST',
        // A redirect could carry the alert, and the headers, to somewhere nobody chose.
        redirect: 'manual',
        headers: {
          ...own,
          'content-type': 'application/json',
          'user-agent': 'tapewatch',
          'idempotency-key': headerValue(notification.idempotencyKey),
        },
        body: JSON.stringify(webhookPayload(notification, config.max_alerts)),
      });
      await response.body?.cancel();
      return resultOfStatus(response.status, response.headers, context.clock.now());
    } catch (thrown) {
      return retry(reasonOfFailure(thrown));
    }
  },
});
