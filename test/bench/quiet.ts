import type { Logger } from '@tapewatch/model';

/** Says only what is wrong. */
export const quiet: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (fields, message) => void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
  child: () => quiet,
};
