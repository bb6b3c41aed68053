import { defineChannel, sent } from '@tapewatch/plugin-sdk';
import { emailConfig, type EmailConfig } from './config.js';
import { resultOfFault } from './result.js';

/** Sends mails over SMTP. */
export const emailChannel = defineChannel({
  type: 'email',
  description: 'Sends alerts by e-mail',
  config: emailConfig,
  sendResolved: true,
  // Mail servers make strangers wait before they greet them.
  timeoutMs: 60_000,
  async send(context, config, notification) {
    try {
      // nodemailer takes some 25 MB, which those who send no mail shall not pay.
      const [{ composeMail }, { deliver }] = await Promise.all([import('./compose-mail.js'), import('./deliver.js')]);
      const refusals = await deliver(config, await composeMail(config, notification), context.signal);
      // Sending again would tell those who have it already; who is missing stands in the log.
      if (refusals.length > 0)
        context.logger.warn({ refusals }, 'the mail server did not take the mail for some recipients');
      return sent();
    } catch (thrown) {
      const result = resultOfFault(thrown);
      return result.outcome === 'sent' ? result : { ...result, reason: masked(result.reason, config) };
    }
  },
});

function masked(text: string, { auth_password }: EmailConfig): string {
  return auth_password?.hideIn(text) ?? text;
}
