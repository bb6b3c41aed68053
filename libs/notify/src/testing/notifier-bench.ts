import { createNoopMeter } from '@opentelemetry/api';
import type { RouteConfig } from '@tapewatch/config';
import type { Database } from '@tapewatch/database';
import { openTestDatabase } from '@tapewatch/database/testing';
import { Labels, type Alert, type Clock } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { sent, type Notification, type SendResult } from '@tapewatch/plugin-sdk';
import type { Channel } from '../channels/channel.js';
import { Notifier, type NotifierOptions } from '../notifier.js';
import { notifyMigrations, type NotificationRow, type NotifyTables } from '../tables.js';
import { route } from './route-config.js';

/** A channel whose answers a test gives. */
export class FakeChannel implements Channel {
  readonly plugin = 'fake';
  readonly got: Notification[] = [];
  answer: (notification: Notification) => SendResult | Promise<SendResult> = () => sent();

  constructor(
    readonly name: string,
    readonly sendResolved = true,
  ) {}

  async send(notification: Notification): Promise<SendResult> {
    this.got.push(notification);
    return this.answer(notification);
  }
}

let number = 0;

export function alert(overrides: Partial<Alert> = {}): Alert {
  const labels = overrides.labels ?? Labels.of({ alertname: 'A', venue: 'binance' });
  const at = Date.UTC(2026, 0, 1);
  return {
    id: `a${++number}`,
    fingerprint: labels.fingerprint(),
    rule: { group: 'g', name: 'A' },
    name: 'A',
    state: 'firing',
    labels,
    annotations: { summary: 's' },
    value: 1,
    startsAt: at,
    firedAt: at,
    ...overrides,
  };
}

export function resolved(of: Alert, at: number): Alert {
  return { ...of, state: 'resolved', endsAt: at };
}

/** `firing:a1,a2` for every notification that a channel got. */
export function heard(channel: FakeChannel): string[] {
  return channel.got.map(({ status, alerts }) => `${status}:${alerts.map(({ id }) => id).join(',')}`);
}

/** A notifier over a database of its own under a fake clock, with receivers of one channel each, called alike. */
export class NotifierBench {
  readonly clock = new FakeClock();
  readonly logger = new RecordingLogger();
  readonly escalated: string[] = [];
  channels: Record<string, FakeChannel> = {};
  #database: Database | undefined;
  readonly #open: Notifier[] = [];
  #life = { over: false };

  get database(): Database {
    if (this.#database === undefined) throw new Error('open() comes first');
    return this.#database;
  }

  async open(...receivers: readonly string[]): Promise<void> {
    this.#database = await openTestDatabase(notifyMigrations);
    this.channels = Object.fromEntries(receivers.map((name) => [name, new FakeChannel(name)]));
  }

  channel(name: string): FakeChannel {
    const channel = this.channels[name];
    if (channel === undefined) throw new Error(`no channel ${name}`);
    return channel;
  }

  /** Starts a notifier with what a start finds: alerts that are active, and those that are over. */
  async start(
    config: Partial<RouteConfig>,
    options: Partial<NotifierOptions> & { readonly active?: readonly Alert[]; readonly past?: readonly Alert[] } = {},
  ): Promise<Notifier> {
    const { active = [], past = [], ...rest } = options;
    const notifier = new Notifier({
      database: this.database,
      route: route({ receiver: Object.keys(this.channels)[0] ?? '', ...config }),
      receivers: Object.values(this.channels).map((channel) => ({ name: channel.name, channels: [channel] })),
      notificationsKeptMs: 30 * 86_400_000,
      externalUrl: () => 'http://tapewatch.test',
      escalated: (id, note) => this.escalated.push(`${id}: ${note}`),
      clock: this.mortalClock(),
      random: () => 0.5,
      logger: this.logger,
      meter: createNoopMeter(),
      ...rest,
    });
    this.#open.push(notifier);
    await notifier.start(active, (id) => Promise.resolve(past.find((one) => one.id === id)));
    return notifier;
  }

  /** As after kill -9: no timer of what ran goes off any more, and channels begin with empty hands. */
  kill(): void {
    this.#open.splice(0);
    this.#life.over = true;
    this.#life = { over: false };
    for (const name of Object.keys(this.channels)) this.channels[name] = new FakeChannel(name);
  }

  private mortalClock(): Clock {
    const life = this.#life;
    return {
      now: () => this.clock.now(),
      monotonic: () => this.clock.monotonic(),
      setTimeout: (callback, delayMs) => this.clock.setTimeout(() => (life.over ? undefined : callback()), delayMs),
    };
  }

  /** Whatever would be told within the time has been told; the disk is real and takes a moment of real time after every step. */
  async pass(ms: number, stepMs = 1_000): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      await this.clock.advance(Math.min(stepMs, ms - passed));
      await this.settle();
    }
  }

  /** The database has done what it was asked to. */
  async settle(): Promise<void> {
    for (let i = 0; i < 3; i++) {
      await this.rows();
      await this.clock.advance(0);
    }
  }

  rows(): Promise<NotificationRow[]> {
    return this.database.tables<NotifyTables>().selectFrom('notification').selectAll().orderBy('id').execute();
  }

  /** `channel: ids, reason` for every row of what was not sent. */
  async notSent(): Promise<string[]> {
    const rows = await this.rows();
    return rows.flatMap(({ channel, outcome, alert_ids: ids, reason }) =>
      outcome === 'not_sent' ? [`${channel}: ${(JSON.parse(ids) as string[]).join(' ')}, ${reason ?? ''}`] : [],
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((notifier) => notifier.stop()));
    await this.#database?.close();
  }
}
