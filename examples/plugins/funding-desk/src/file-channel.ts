import { appendFile } from 'node:fs/promises';
import { defineChannel, sent } from '@tapewatch/plugin-sdk';
import { z } from 'zod';

/** Appends each notification to a file as one line of JSON. What throws is tried again by the program. */
export const fileChannel = defineChannel({
  type: 'file',
  description: 'Appends notifications to a file, one line of JSON each',
  config: z.strictObject({ path: z.string().min(1).describe('The file; it is made when it is not there') }),
  sendResolved: true,
  async send(_context, config, notification) {
    await appendFile(config.path, `${JSON.stringify(notification)}\n`);
    return sent();
  },
});
