import { Labels } from '@tapewatch/model';
import type { Channel, Receiver, RouteTree } from '@tapewatch/notify';
import { sent, type Notification } from '@tapewatch/plugin-sdk';
import type { BacktestNotification, Firing, UnsentReason } from './backtest-result.js';

/** A receiver as the config has it; only who it is counts, nothing is sent. */
export interface ReplayReceiver {
  readonly name: string;
  readonly channels: readonly Pick<Channel, 'name' | 'plugin' | 'sendResolved'>[];
}

/** Keeps what channels would have been handed, and finds what they were not. */
export class RecordedNotifications {
  readonly #receivers: ReadonlyMap<string, ReplayReceiver>;
  readonly #sent: BacktestNotification[] = [];
  /** Labels and the time of firing of what each channel was told; with `/` and the status behind. */
  readonly #told = new Set<string>();

  constructor(receivers: readonly ReplayReceiver[]) {
    this.#receivers = new Map(receivers.map((receiver) => [receiver.name, receiver]));
  }

  /** The receivers, with channels that deliver at once, to here. */
  receivers(): readonly Receiver[] {
    return [...this.#receivers.values()].map(({ name, channels }) => ({
      name,
      channels: channels.map((channel) => ({
        name: channel.name,
        plugin: channel.plugin,
        sendResolved: channel.sendResolved,
        send: (notification) => {
          this.#take(channel.name, notification);
          return Promise.resolve(sent());
        },
      })),
    }));
  }

  sent(): readonly BacktestNotification[] {
    return this.#sent;
  }

  /** What nobody would have been told of these firings, and why; `held`: of which channel and firing the ledger has said it already. */
  unsent(
    firings: readonly Firing[],
    routes: RouteTree,
    endMs: number,
    held: ReadonlySet<string>,
  ): readonly BacktestNotification[] {
    return firings
      .flatMap((firing) =>
        routes.routesFor(firing.labels).flatMap(({ receiver, groupBy }) => {
          const groupLabels = (groupBy === 'all' ? firing.labels : firing.labels.keep(...groupBy)).toObject();
          return this.#missing(firing, receiver, endMs, held).map((missing) => ({ ...missing, receiver, groupLabels }));
        }),
      )
      .sort((a, b) => a.at - b.at);
  }

  #missing(
    firing: Firing,
    receiver: string,
    endMs: number,
    held: ReadonlySet<string>,
  ): readonly Omit<BacktestNotification, 'receiver' | 'groupLabels'>[] {
    const { firedAt, endsAt, labels } = firing;
    const missing = (channel: string, at: number, status: 'firing' | 'resolved', reason: UnsentReason) => {
      const alerts = [{ labels, status }];
      return { at, channel, status, alerts, outcome: 'not_sent' as const, reason };
    };
    const channels = this.#receivers.get(receiver)?.channels ?? [];
    if (channels.length === 0) return [missing('', firedAt, 'firing', 'no_channel')];
    return channels.flatMap(({ name, sendResolved }) => {
      if (!this.#told.has(toldKey(name, labels, firedAt, 'firing'))) {
        if (held.has(heldKey(name, firing))) return [];
        if (endsAt === undefined) return [missing(name, endMs, 'firing', 'range_ended')];
        return [missing(name, endsAt, 'firing', 'ended_before_told')];
      }
      if (endsAt === undefined || this.#told.has(toldKey(name, labels, firedAt, 'resolved'))) return [];
      return [missing(name, endsAt, 'resolved', sendResolved ? 'range_ended' : 'send_resolved_off')];
    });
  }

  #take(channel: string, { at, receiver, status, groupLabels, alerts }: Notification): void {
    const told = alerts.map((alert) => ({ labels: Labels.of(alert.labels), status: alert.status }));
    alerts.forEach(({ firedAt = 0 }, i) => {
      const { labels, status: state } = told[i] as (typeof told)[number];
      this.#told.add(toldKey(channel, labels, firedAt, state));
    });
    this.#sent.push({ at, channel, receiver, status, groupLabels, alerts: told, outcome: 'sent' });
  }
}

export function heldKey(channel: string, { labels, firedAt }: Firing): string {
  return `${channel}\u0000${labels.key}\u0000${firedAt}`;
}

function toldKey(channel: string, labels: Labels, firedAt: number, status: 'firing' | 'resolved'): string {
  return `${channel}\u0000${labels.key}\u0000${firedAt}/${status}`;
}
