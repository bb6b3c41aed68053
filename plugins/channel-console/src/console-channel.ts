import { defineChannel, rejected, sent } from '@tapewatch/plugin-sdk';
import { consoleConfig } from './config.js';
import { formatNotification } from './format.js';

/** Writes to the standard output of the program. */
export const consoleChannel = defineChannel({
  type: 'console',
  description: 'Prints alerts where the program runs',
  config: consoleConfig,
  sendResolved: true,
  send(_context, config, notification) {
    const { stdout, env } = process;
    if (!stdout.writable) return rejected('the standard output is closed');
    const color =
      config.color === 'always' || (config.color === 'auto' && stdout.isTTY && (env['NO_COLOR'] ?? '') === '');
    stdout.write(`${formatNotification(notification, color)}\n`);
    return sent();
  },
});
