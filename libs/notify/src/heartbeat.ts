import type { Counter, Meter } from '@opentelemetry/api';
import { createNotificationCount } from './channels/notification-count.js';
import { messageOf, type Clock, type Logger, type Timer } from '@tapewatch/model';

export interface HeartbeatOptions {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Why the program cannot be relied on just now; undefined when it can. */
  readonly fault: () => string | undefined;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** What metrics call it. */
const channel = 'heartbeat';

/**
 * The dead man's switch: calls a URL again and again for as long as the program does its work, so that whoever listens there can tell
 * people when the calls cease. While something is wrong it stays silent, which says so.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #count: Counter;
  #timer: Timer | undefined;
  #stopped = false;
  #beating: Promise<void> | undefined;
  /** What was told in the log last; undefined while all is well. */
  #trouble: string | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    // Among the notifications, so that the rules about those see it, too.
    this.#count = createNotificationCount(options.meter);
    for (const outcome of ['sent', 'retrying', 'not_sent']) this.#count.add(0, { channel, outcome });
  }

  /** The first call follows after one interval, when there is something to tell of. */
  start(): void {
    this.wait();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#beating;
  }

  private wait(): void {
    if (this.#stopped) return;
    this.#timer = this.#options.clock.setTimeout(() => {
      // A call that hangs does not put off the next: its own time limit ends it.
      this.wait();
      this.#beating = this.beat();
    }, this.#options.intervalMs);
  }

  private async beat(): Promise<void> {
    const { fault, logger } = this.#options;
    const wrong = fault();
    if (wrong !== undefined) {
      this.#count.add(1, { channel, outcome: 'not_sent' });
      this.note(`it is withheld: ${wrong}`);
      return;
    }
    const failure = await this.call();
    this.#count.add(1, { channel, outcome: failure === undefined ? 'sent' : 'retrying' });
    if (failure !== undefined) {
      this.note(failure);
      return;
    }
    if (this.#trouble !== undefined) logger.info({}, 'the heartbeat goes out again');
    this.#trouble = undefined;
  }

  /** Why the call came to nothing; words of the address, which may be a secret, are not among it. */
  private async call(): Promise<string | undefined> {
    const { url, method, headers, timeoutMs, clock } = this.#options;
    const patience = new AbortController();
    const timer = clock.setTimeout(() => patience.abort(), timeoutMs);
    try {
      const response = await this.#options.fetch(url, {
        method,
        headers: { 'user-agent': 'tapewatch', ...headers },
        redirect: 'manual',
        signal: patience.signal,
      });
      await response.body?.cancel();
      return response.ok ? undefined : `the other side answered ${response.status}`;
    } catch (thrown) {
      return patience.signal.aborted ? 'no answer in time' : messageOf(thrown).replaceAll(url, '<url>');
    } finally {
      timer.cancel();
    }
  }

  private note(trouble: string): void {
    if (this.#trouble !== trouble) this.#options.logger.warn({ reason: trouble }, 'the heartbeat does not go out');
    this.#trouble = trouble;
  }
}
