import type { Meter } from '@opentelemetry/api';
import type { RouteConfig } from '@tapewatch/config';
import type { Database } from '@tapewatch/database';
import {
  accepted,
  refused,
  type Alert,
  type Clock,
  type CommandResult,
  type Labels,
  type Language,
  type Logger,
  type NotificationOutcome,
  type Page,
  type PageRequest,
} from '@tapewatch/model';
import type { Channel, Receiver } from './channels/channel.js';
import { createNotificationCount } from './channels/notification-count.js';
import { Senders, type ChannelView } from './channels/senders.js';
import { Dispatcher } from './dispatcher.js';
import type { GroupView, Routing } from './groups/alert-groups.js';
import { composeReport, type ReportToTell } from './messages/compose-report.js';
import { previewMessage, sendTest, type ChannelTest, type MessagePreview } from './messages/trial-messages.js';
import { Ledger, type NotificationView } from './outbox/ledger.js';
import { Outbox, type ChannelOutcomes } from './outbox/outbox.js';
import type { TimeWindows } from './routes/muting.js';
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

/** Who was told: routing, grouping, the log of what was told, the outbox and its senders. */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #outbox: Outbox;
  readonly #ledger: Ledger;
  readonly #dispatcher: Dispatcher;
  readonly #senders: Senders;
  /** What came before it was known what has been told; undefined from then on. */
  #early: (readonly Alert[])[] | undefined = [];
  readonly #opened = Promise.withResolvers<void>();
  #receivers: readonly Receiver[];

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.#outbox = new Outbox(options.database);
    this.#ledger = new Ledger(options.database);
    const count = createNotificationCount(options.meter);
    this.#senders = new Senders({ ...options, outbox: this.#outbox, count });
    this.#receivers = options.receivers;
    this.#senders.bind(channelsOf(options));
    this.#dispatcher = new Dispatcher({
      ...options,
      routing: routingOf(options),
      escalated: options.escalated ?? (() => undefined),
      heldBack: (notSent) => {
        for (const { channel } of notSent) count.add(1, { channel, outcome: 'not_sent' });
      },
      outbox: this.#outbox,
      send: (outgoing) => this.#senders.take(outgoing),
    });
  }

  /**
   * Goes on where the program ended: alerts that are under way, and those that ended without their channels having heard of it, are looked at
   * again; notifications that were on their way are sent, under their old keys.
   */
  async start(active: readonly Alert[], find: (id: string) => Promise<Alert | undefined>): Promise<void> {
    const believedFiring = await this.#dispatcher.open();
    this.#senders.rememberDead(await this.#outbox.dead());
    for (const outgoing of await this.#outbox.waiting()) await this.#senders.resume(outgoing);
    const known = new Set(active.map(({ id }) => id));
    const others = await Promise.all([...believedFiring].filter((id) => !known.has(id)).map(find));
    const ended = others.filter((alert) => alert !== undefined);
    this.#dispatcher.dispatch([...active.filter(({ state }) => state === 'firing'), ...ended]);
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const alerts of early) this.#dispatcher.dispatch(alerts);
    this.#opened.resolve();
    await this.#dispatcher.closeForsaken([...ended, ...early.flat().filter(({ state }) => state !== 'firing')]);
    this.#dispatcher.start();
  }

  /**
   * Goes on with other routes and receivers: at once for what is told from now on; resolves when what was told on ways that are gone is closed.
   * What waits for a channel that is still there is sent by it as it is now; what waits for one that is gone is not sent, and noted so.
   */
  async reconfigure(routing: NotifierRouting): Promise<void> {
    await this.#opened.promise;
    this.#receivers = routing.receivers;
    const gone = this.#senders.bind(channelsOf(routing));
    const rerouted = this.#dispatcher.reroute(routingOf(routing));
    for (const sender of gone) {
      await sender.stop();
      for (const outgoing of sender.left()) await this.#senders.resume(outgoing);
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

  /** Takes alerts of which people may have to be told; before the start, for then. */
  dispatch(alerts: readonly Alert[]): void {
    if (this.#early === undefined) this.#dispatcher.dispatch(alerts);
    else this.#early.push(alerts);
  }

  /** Notes in the ledger of every channel concerned that an alert was held back before it came here, and why. Never rejects. */
  async suppressed(alert: Alert, reason: string): Promise<void> {
    await this.#opened.promise;
    return this.#dispatcher.suppressed(alert, reason);
  }

  /** False while what is to be told cannot be written. */
  get durable(): boolean {
    return this.#dispatcher.durable;
  }

  channels(): readonly ChannelView[] {
    return this.#senders.views();
  }

  /** Sends a message that says it is a test, at once and once. */
  async test(name: string, by: string): Promise<CommandResult<ChannelTest>> {
    const found = this.channelNamed(name);
    return found.ok ? accepted(await sendTest(by, { ...this.#options, ...found.value })) : found;
  }

  /** What a channel would say of a group with an alert that fires and one that is over; nothing is sent. */
  preview(name: string): CommandResult<MessagePreview> {
    const found = this.channelNamed(name);
    return found.ok ? accepted(previewMessage({ ...this.#options, ...found.value })) : found;
  }

  private channelNamed(name: string): CommandResult<{ readonly receiver: string; readonly channel: Channel }> {
    for (const receiver of this.#receivers) {
      const channel = receiver.channels.find((one) => one.name === name);
      if (channel !== undefined) return accepted({ receiver: receiver.name, channel });
    }
    return this.noChannel(name, 'name');
  }

  private noChannel(name: string, field: string): CommandResult<never> {
    const known = this.#senders.names.join(', ');
    return refused('NOT_FOUND', `no channel is called ${name}; there are: ${known}`, field);
  }

  /** Tells a receiver of a report, once, however often it is asked to. Resolves once that is durable; rejects when it cannot be written. */
  async tellReport(receiverName: string, report: ReportToTell): Promise<void> {
    await this.#opened.promise;
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
    for (const one of await this.#outbox.add(outgoing)) this.#senders.take(one);
  }

  /** What was sent, is on its way, was given up, and was not sent, each with why; newest first. */
  notifications(
    request: PageRequest & { readonly alert?: string; readonly outcome?: NotificationOutcome },
  ): Promise<CommandResult<Page<NotificationView>>> {
    return this.#ledger.page(request);
  }

  /** Sends a dead letter again, under its old key. */
  async replay(id: string): Promise<CommandResult<NotificationView>> {
    await this.#opened.promise;
    const { clock } = this.#options;
    const found = await this.#ledger.find(id);
    if (found === undefined) return refused('NOT_FOUND', `no notification has the id ${id.slice(0, 100)}`, 'id');
    if (!this.#senders.has(found.channel))
      return refused('CONFLICT', `its channel, ${found.channel}, is no longer configured`, 'id');
    const [outgoing] = await this.#ledger.revive([Number(id)], clock.now());
    if (outgoing === undefined)
      return refused('CONFLICT', `it is ${found.outcome}; only what was given up can be sent again`, 'id');
    this.#senders.revive(found.channel, [outgoing]);
    return accepted({ ...found, outcome: 'retrying' });
  }

  /** Sends all dead letters of a channel again, in their order; gives how many they are. */
  async replayDeadLetters(channel: string): Promise<CommandResult<number>> {
    await this.#opened.promise;
    if (!this.#senders.has(channel)) return this.noChannel(channel, 'channel');
    const ids = await this.#ledger.deadLetters(channel);
    const outgoing = await this.#ledger.revive(ids, this.#options.clock.now());
    this.#senders.revive(channel, outgoing);
    return accepted(outgoing.length);
  }

  /** What became of the notifications made in [from, to), by channel. */
  outcomesBetween(from: number, to: number): Promise<readonly ChannelOutcomes[]> {
    return this.#outbox.outcomesBetween(from, to);
  }

  /** What is being sent is finished; the rest stays in the outbox. */
  async stop(): Promise<void> {
    await this.#dispatcher.stop();
    await this.#senders.stop();
  }
}

function channelsOf({ receivers }: NotifierRouting): readonly Channel[] {
  return receivers.flatMap(({ channels }) => channels);
}

function routingOf({ route, receivers, timeWindows }: NotifierRouting): Routing {
  return {
    routes: new RouteTree(route),
    receivers: new Map(receivers.map((receiver) => [receiver.name, receiver])),
    timeWindows: timeWindows ?? new Map(),
  };
}
