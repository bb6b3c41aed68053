import type { Logger } from '@tapewatch/model';
import { pino, stdSerializers, stdTimeFunctions } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { Terminal } from './terminal.js';

const secretNames = [
  'authorization',
  'Authorization',
  'token',
  'accessToken',
  'adminToken',
  'password',
  'secret',
  'apiKey',
  'cookie',
];
const secretDepths = ['', '*.', '*.*.', '*.*.*.'];

/**
 * Readable lines where a person reads, JSON lines elsewhere, both on stderr. What stands under a secret's name is not written,
 * four levels deep. Formatting happens in this thread: a worker of its own would cost some 20 MB.
 */
export function createLogger(terminal: Terminal, level: string): Logger {
  const pretty = prettyFactory({
    colorize: terminal.colours.error,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname',
    singleLine: true,
  });
  const write = terminal.logIsRead
    ? (line: string) => terminal.log(pretty(line))
    : (line: string) => terminal.log(line);
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      // Pretty-printing expects the numbers.
      ...(terminal.logIsRead ? {} : { formatters: { level: (label) => ({ level: label }) } }),
      serializers: { error: stdSerializers.err, err: stdSerializers.err },
      redact: { paths: secretDepths.flatMap((depth) => secretNames.map((name) => depth + name)), censor: '<secret>' },
    },
    { write },
  );
}
