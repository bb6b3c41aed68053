import { AsyncLocalStorage } from 'node:async_hooks';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { Logger } from '@tapewatch/model';

/** Told of the points that a destination took out of a request that it accepted otherwise. */
export type PartialSuccessListener = (rejectedPoints: number) => void;

/**
 * Whose export is running. The exporter tells of a partial success through the SDK's diagnostics alone; the asynchronous
 * context brings the message back to the destination it is about.
 */
export const partialSuccess = new AsyncLocalStorage<PartialSuccessListener>();

const partialSuccessMessage = 'Received Partial Success response';
/** Known, and answered by the adapter in host/. */
const expected = '@opentelemetry/host-metrics is deprecated';
const mostMessages = 100;

/** Sends what the SDK has to say about itself to the log, each message once. Process-wide: the newest logger wins. */
export function logSdkDiagnostics(logger: Logger): void {
  const seen = new Set<string>();
  const tell = (level: 'warn' | 'error', message: string, details: readonly unknown[]): void => {
    if (message.startsWith(partialSuccessMessage)) {
      partialSuccess.getStore()?.(rejectedIn(details[0]));
      return;
    }
    if (message.startsWith(expected) || seen.has(message) || seen.size >= mostMessages) return;
    seen.add(message);
    logger[level]({ sdk: message }, 'the OpenTelemetry SDK reports a problem');
  };
  const silent = (): void => undefined;
  diag.setLogger(
    {
      error: (message, ...details) => tell('error', textOf(message, details), details),
      warn: (message, ...details) => tell('warn', textOf(message, details), details),
      info: silent,
      debug: silent,
      verbose: silent,
    },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}

/** Component loggers of the SDK put their namespace before the message. */
function textOf(message: string, details: readonly unknown[]): string {
  const second = details[0];
  return typeof second === 'string' && !second.startsWith('{') ? `${message}: ${second}` : message;
}

function rejectedIn(details: unknown): number {
  if (typeof details !== 'string') return 0;
  try {
    const parsed: unknown = JSON.parse(details);
    if (typeof parsed !== 'object' || parsed === null || !('rejectedDataPoints' in parsed)) return 0;
    const rejected = Number(parsed.rejectedDataPoints);
    return Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0;
  } catch {
    return 0;
  }
}
