import { defineChannel, rejected, retry, sent } from '@tapewatch/plugin-sdk';
import { consoleConfig } from './config.js';
import { formatNotification } from './format.js';

/** Writes to the standard output of the program. */
export const consoleChannel = defineChannel({
  type: 'console',
  description: 'Prints alerts where the program runs',
  config: consoleConfig,
  sendResolved: true,
  async send(_context, config, notification) {
    const { stdout, env } = process;
    if (!stdout.writable) return rejected('the standard output is closed');
    const color =
      config.color === 'always' || (config.color === 'auto' && stdout.isTTY && (env['NO_COLOR'] ?? '') === '');
    // Only what the other end of the pipe has taken has been told.
    const fault = await new Promise<Error | null | undefined>((resolve) => {
      stdout.write(`${formatNotification(notification, color)}\n`, resolve);
    });
    return fault == null ? sent() : retry(fault.message);
  },
});
