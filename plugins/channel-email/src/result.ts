import { cleanLine, cutText, reasonOfFailure, rejected, retry, type SendResult } from '@tapewatch/plugin-sdk';
import { UnencryptedPasswordError } from './unencrypted-password-error.js';

/** What nodemailer's errors tell. */
interface MailFault {
  readonly code?: unknown;
  readonly response?: unknown;
  readonly responseCode?: unknown;
  readonly message?: unknown;
}

/** Reads why a mail was not taken: what the server calls permanent (5xx) is final, all else may work later. */
export function resultOfFault(thrown: unknown): SendResult {
  if (thrown instanceof UnencryptedPasswordError) return rejected(`${thrown.message}; use a server with TLS`);
  const { code, response, responseCode, message } = (thrown ?? {}) as MailFault;
  const said = typeof response === 'string' && response !== '' ? response : message;
  const reason = typeof said === 'string' ? cutText(cleanLine(said), 300) : 'the mail could not be sent';
  // A server without STARTTLS today may be one that somebody has got in front of; it may be put right without a change here.
  if (code === 'ETLS') return retry(`no secure connection: ${reason}`);
  if (typeof responseCode === 'number' && responseCode >= 500) {
    if (code === 'EAUTH')
      return rejected(`the server refused the login: ${reason} (check auth_username and auth_password)`);
    return rejected(`the server refused: ${reason}`);
  }
  if (typeof responseCode === 'number' && responseCode >= 400) return retry(`the server asks to wait: ${reason}`);
  // Found wrong before anything was sent: an address that SMTP cannot carry, a login method that is not there.
  if (code === 'EENVELOPE' || code === 'EAUTH' || code === 'EMESSAGE') return rejected(reason);
  if (typeof code === 'string') return retry(`${code}: ${reason}`);
  return retry(reasonOfFailure(thrown));
}
