import type { Counter, Histogram, Meter } from '@opentelemetry/api';
import type { RouteConfig } from '@tapewatch/config';
import type { Database } from '@tapewatch/database';
import {
  accepted,
  Labels,
  refused,
  type Alert,
  type Clock,
  type CommandResult,
  type Language,
  type Logger,
  type NotificationOutcome,
  type Page,
  type PageRequest,
} from '@tapewatch/model';
import type { GroupView, Routing } from './groups/alert-groups.js';
import type { Channel, Receiver } from './channels/channel.js';
import { ChannelSender, type ChannelState } from './channels/channel-sender.js';
import { compose } from './messages/compose.js';
import { composeReport, type ReportToTell } from './messages/compose-report.js';
import { Dispatcher } from './dispatcher.js';
import type { TimeWindows } from './routes/muting.js';
import { createNotificationCount } from './channels/notification-count.js';
import { Outbox, type ChannelOutcomes } from './outbox/outbox.js';
import type { Outgoing } from './outbox/outgoing.js';
import { Ledger, wordsOf, type NotificationView } from './outbox/ledger.js';
import { putIntoWords } from './messages/put-into-words.js';
import { sampleAlerts, testAlert } from './messages/sample-alerts.js';
import { RouteTree } from './routes/route-tree.js';

/** Who is told what; changes while the program runs. */
export interface NotifierRouting {
  readonly route: RouteConfig;
  readonly receivers: readonly Receiver[];
  /** By the names under which routes mute, or are active. */
  readonly timeWindows?: TimeWindows;
}

export interface NotifierOptions extends NotifierRouting {
  readonly database: Database;
  /** How long notifications are kept. */
  readonly notificationsKeptMs: number;
  readonly externalUrl: () => string;
  /** An alert as it is now, with its newest value and annotations. */
  readonly current?: (alertId: string) => Alert | undefined;
  /** A later step of a route was taken for an alert; `note` says which. */
  readonly escalated?: (alertId: string, note: string) => void;
  /** In which channels speak to people unless they know better; English when left out. */
  readonly language?: Language;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly meter: Meter;
}

export interface ChannelView extends ChannelState {
  readonly name: string;
  readonly plugin: string;
  readonly deadLetters: number;
}

/** What a channel would say. */
export interface MessagePreview {
  readonly channel: string;
  readonly title: string;
  readonly text: string;
}

export interface ChannelTest {
  readonly channel: string;
  readonly outcome: NotificationOutcome;
  readonly latencyMs?: number;
  readonly reason?: string;
}

/** Who was told: routing, grouping, the log of what was told, the outbox and its senders. */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #outbox: Outbox;
  readonly #ledger: Ledger;
  readonly #dispatcher: Dispatcher;
  readonly #senders = new Map<string, ChannelSender>();
  #receivers: readonly Receiver[];
  readonly #count: Counter;
  readonly #duration: Histogram;

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.#outbox = new Outbox(options.database);
    this.#ledger = new Ledger(options.database);
    this.#count = createNotificationCount(options.meter);
    this.#duration = options.meter.createHistogram('notification.duration', {
      unit: 's',
      description: 'One attempt to deliver a notification',
      advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
    });
    this.#receivers = options.receivers;
    this.bindSenders();
    this.#dispatcher = new Dispatcher({
      ...options,
      routing: routingOf(options),
      escalated: options.escalated ?? (() => undefined),
      heldBack: (notSent) => {
        for (const { channel } of notSent) this.#count.add(1, { channel, outcome: 'not_sent' });
      },
      outbox: this.#outbox,
      send: (outgoing) => this.#senders.get(outgoing.channel)?.take(outgoing),
    });
  }

  /**
   * Goes on where the program ended: alerts that are under way, and those that ended without their channels having heard of it, are looked at
   * again; notifications that were on their way are sent, under their old keys.
   */
  async start(active: readonly Alert[], find: (id: string) => Promise<Alert | undefined>): Promise<void> {
    const believedFiring = await this.#dispatcher.open();
    for (const [channel, count] of await this.#outbox.dead()) {
      const sender = this.#senders.get(channel);
      if (sender !== undefined) sender.deadLetters = count;
    }
    for (const outgoing of await this.#outbox.waiting()) await this.resume(outgoing);
    const known = new Set(active.map(({ id }) => id));
    const others = await Promise.all([...believedFiring].filter((id) => !known.has(id)).map(find));
    const ended = others.filter((alert) => alert !== undefined);
    this.dispatch([...active.filter(({ state }) => state === 'firing'), ...ended]);
    await this.#dispatcher.closeForsaken(ended);
    this.#dispatcher.start();
  }

  /**
   * Goes on with other routes and receivers: at once for what is told from now on; resolves when what was told on ways that are gone is closed.
   * What waits for a channel that is still there is sent by it as it is now; what waits for one that is gone is not sent, and noted so.
   */
  async reconfigure(routing: NotifierRouting): Promise<void> {
    this.#receivers = routing.receivers;
    const gone = this.bindSenders();
    const rerouted = this.#dispatcher.reroute(routingOf(routing));
    for (const sender of gone) {
      await sender.stop();
      for (const outgoing of sender.left()) await this.resume(outgoing);
    }
    await rerouted;
  }

  /** Names of the receivers to which routes lead from these labels. */
  receiversFor(labels: Labels): readonly string[] {
    return this.#dispatcher.receiversFor(labels);
  }

  /** Every group in which something fires. */
  groups(): readonly GroupView[] {
    return this.#dispatcher.groups();
  }

  /** Names of all receivers. */
  receivers(): readonly string[] {
    return this.#receivers.map(({ name }) => name);
  }

  /** Takes alerts of which people may have to be told. */
  dispatch(alerts: readonly Alert[]): void {
    this.#dispatcher.dispatch(alerts);
  }

  /** Notes in the ledger of every channel concerned that an alert was held back before it came here, and why. Never rejects. */
  suppressed(alert: Alert, reason: string): Promise<void> {
    return this.#dispatcher.suppressed(alert, reason);
  }

  /** False while what is to be told cannot be written. */
  get durable(): boolean {
    return this.#dispatcher.durable;
  }

  channels(): readonly ChannelView[] {
    return this.#receivers.flatMap(({ channels }) =>
      channels.map(({ name, plugin }) => {
        const sender = this.#senders.get(name) as ChannelSender;
        return { name, plugin, ...sender.state, deadLetters: sender.deadLetters };
      }),
    );
  }

  /** Sends a message that says it is a test, at once and once. */
  async test(name: string, by: string): Promise<CommandResult<ChannelTest>> {
    const { clock, externalUrl, language } = this.#options;
    const found = this.channelNamed(name);
    if (!found.ok) return found;
    const { receiver, channel } = found.value;
    const at = clock.now();
    const begun = clock.monotonic();
    const alert = testAlert(name, by, at);
    const notification = compose({
      idempotencyKey: `${name}/test/${at}`,
      receiver: receiver.name,
      groupKey: 'test',
      groupLabels: Labels.EMPTY,
      alerts: [alert],
      externalUrl: externalUrl(),
      at,
      test: true,
      ...(language === undefined ? {} : { language }),
    });
    const result = await channel.send(putIntoWords(notification, channel, this.#options.logger));
    const latencyMs = clock.monotonic() - begun;
    return accepted({
      channel: name,
      outcome: result.outcome === 'sent' ? 'sent' : 'not_sent',
      latencyMs,
      ...(result.outcome === 'sent' ? {} : { reason: result.reason }),
    });
  }

  /** What a channel would say of a group with an alert that fires and one that is over; nothing is sent. */
  preview(name: string): CommandResult<MessagePreview> {
    const { clock, externalUrl, language, logger } = this.#options;
    const found = this.channelNamed(name);
    if (!found.ok) return found;
    const { receiver, channel } = found.value;
    const at = clock.now();
    const alerts = sampleAlerts(at);
    const notification = compose({
      idempotencyKey: `${name}/preview/${at}`,
      receiver: receiver.name,
      groupKey: 'preview',
      groupLabels: Labels.of({ alertname: 'ExchangeFeedStale' }),
      alerts: channel.sendResolved ? alerts : alerts.slice(0, 1),
      externalUrl: externalUrl(),
      at,
      ...(language === undefined ? {} : { language }),
    });
    return accepted({ channel: name, ...wordsOf(putIntoWords(notification, channel, logger)) });
  }

  private channelNamed(name: string): CommandResult<{ readonly receiver: Receiver; readonly channel: Channel }> {
    const receivers = this.#receivers;
    for (const receiver of receivers) {
      const channel = receiver.channels.find((one) => one.name === name);
      if (channel !== undefined) return accepted({ receiver, channel });
    }
    const known = receivers.flatMap(({ channels }) => channels.map((one) => one.name));
    return refused('NOT_FOUND', `no channel is called ${name}; there are: ${known.join(', ')}`, 'name');
  }

  /** Tells a receiver of a report, once, however often it is asked to. Resolves once that is durable; rejects when it cannot be written. */
  async tellReport(receiverName: string, report: ReportToTell): Promise<void> {
    const { clock, externalUrl, logger } = this.#options;
    const receiver = this.#receivers.find(({ name }) => name === receiverName);
    if (receiver === undefined) {
      logger.warn({ receiver: receiverName, report: report.id }, 'nobody can be told of a report: no such receiver');
      return;
    }
    const outgoing = receiver.channels.map(({ name }) => ({
      id: this.#dispatcher.nextId(),
      channel: name,
      notification: composeReport(report, receiverName, name, externalUrl()),
      attempts: 0,
      nextAttemptAt: clock.now(),
      queuedAt: clock.now(),
    }));
    for (const one of await this.#outbox.add(outgoing)) this.#senders.get(one.channel)?.take(one);
  }

  /** What was sent, is on its way, was given up, and was not sent, each with why; newest first. */
  notifications(
    request: PageRequest & { readonly alert?: string; readonly outcome?: NotificationOutcome },
  ): Promise<CommandResult<Page<NotificationView>>> {
    return this.#ledger.page(request);
  }

  /** Sends a dead letter again, under its old key. */
  async replay(id: string): Promise<CommandResult<NotificationView>> {
    const { clock } = this.#options;
    const found = await this.#ledger.find(id);
    if (found === undefined) return refused('NOT_FOUND', `no notification has the id ${id.slice(0, 100)}`, 'id');
    const sender = this.#senders.get(found.channel);
    if (sender === undefined)
      return refused('CONFLICT', `its channel, ${found.channel}, is no longer configured`, 'id');
    const [outgoing] = await this.#ledger.revive([Number(id)], clock.now());
    if (outgoing === undefined)
      return refused('CONFLICT', `it is ${found.outcome}; only what was given up can be sent again`, 'id');
    this.resend(sender, [outgoing]);
    return accepted({ ...found, outcome: 'retrying' });
  }

  /** Sends all dead letters of a channel again, in their order; gives how many they are. */
  async replayDeadLetters(channel: string): Promise<CommandResult<number>> {
    const sender = this.#senders.get(channel);
    if (sender === undefined) {
      const known = [...this.#senders.keys()].join(', ');
      return refused('NOT_FOUND', `no channel is called ${channel}; there are: ${known}`, 'channel');
    }
    const ids = await this.#ledger.deadLetters(channel);
    const outgoing = await this.#ledger.revive(ids, this.#options.clock.now());
    this.resend(sender, outgoing);
    return accepted(outgoing.length);
  }

  private resend(sender: ChannelSender, outgoing: readonly Outgoing[]): void {
    sender.deadLetters = Math.max(0, sender.deadLetters - outgoing.length);
    for (const one of outgoing) sender.take(one);
  }

  /** What became of the notifications made in [from, to), by channel. */
  outcomesBetween(from: number, to: number): Promise<readonly ChannelOutcomes[]> {
    return this.#outbox.outcomesBetween(from, to);
  }

  /** What is being sent is finished; the rest stays in the outbox. */
  async stop(): Promise<void> {
    await this.#dispatcher.stop();
    await Promise.all([...this.#senders.values()].map((sender) => sender.stop()));
  }

  /** A sender for every channel there is; those of channels that stay keep what waits. Returns the ones that are out of work. */
  private bindSenders(): readonly ChannelSender[] {
    const channels = new Map(this.#receivers.flatMap((receiver) => receiver.channels).map((one) => [one.name, one]));
    const gone = [...this.#senders].filter(([name]) => !channels.has(name));
    for (const [name] of gone) this.#senders.delete(name);
    for (const [name, channel] of channels) {
      const sender = this.#senders.get(name);
      if (sender !== undefined) sender.use(channel);
      else
        this.#senders.set(
          name,
          new ChannelSender({
            ...this.#options,
            channel,
            outbox: this.#outbox,
            count: this.#count,
            duration: this.#duration,
          }),
        );
    }
    return gone.map(([, sender]) => sender);
  }

  private async resume(outgoing: Outgoing): Promise<void> {
    const sender = this.#senders.get(outgoing.channel);
    if (sender !== undefined) {
      sender.take(outgoing);
      return;
    }
    const reason = 'its channel is no longer configured';
    this.#count.add(1, { channel: outgoing.channel, outcome: 'not_sent' });
    await this.#outbox.record(outgoing.id, { ...outgoing, outcome: 'not_sent', reason, latencyMs: 0 });
  }
}

function routingOf({ route, receivers, timeWindows }: NotifierRouting): Routing {
  return {
    routes: new RouteTree(route),
    receivers: new Map(receivers.map((receiver) => [receiver.name, receiver])),
    timeWindows: timeWindows ?? new Map(),
  };
}
