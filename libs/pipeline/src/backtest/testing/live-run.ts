import { createNoopMeter } from '@opentelemetry/api';
import { alertId, alertMigrations, Alerts } from '@tapewatch/alerts';
import type { RouteConfig } from '@tapewatch/config';
import { openScratchDatabase, type Database } from '@tapewatch/database';
import type { MetricStore } from '@tapewatch/metric-store';
import { Labels, type Alert, type Clock, type AlertEvent, type Series } from '@tapewatch/model';
import type { FakeClock } from '@tapewatch/model/testing';
import { RecordingLogger } from '@tapewatch/model/testing';
import { Notifier, notifyMigrations, type Receiver } from '@tapewatch/notify';
import { sent, type Notification } from '@tapewatch/plugin-sdk';
import { evaluateInstant } from '@tapewatch/promql';
import { PluginRegistry } from '@tapewatch/plugin-host';
import rulePromql from '@tapewatch/rule-promql';
import ruleThreshold from '@tapewatch/rule-threshold';
import { createRuleEngine, loadRuleFiles, type RuleEngine, type RuleGroup } from '@tapewatch/rules';

/** One second of what was measured: values by series; a series that is not in it has ended. */
export type Second = ReadonlyMap<Series, number>;

export interface LiveFiring {
  readonly labels: string;
  readonly startsAt: number;
  readonly firedAt: number;
  readonly endsAt: number | undefined;
}

const meter = createNoopMeter();
/** How late the notifier's timers are: what falls due on a second is looked at after that second's evaluation. */
const phaseMs = 300;

export const route: RouteConfig = {
  ...{ receiver: 'ops', matchers: [], continue: false, groupBy: ['alertname', 'a'] },
  ...{ groupWaitMs: 3_000, groupIntervalMs: 5_000, repeatIntervalMs: 20_000 },
  routes: [
    { receiver: 'pager', matchers: ['a="x"'], continue: true, groupWaitMs: 0, routes: [] },
    { receiver: 'ops', matchers: [], continue: false, routes: [] },
  ],
};

export const channels = [
  { receiver: 'ops', name: 'ops/mail', sendResolved: false },
  { receiver: 'pager', name: 'pager/call', sendResolved: true },
] as const;

export function seriesOf(name: string, labels: Readonly<Record<string, string>>): Series {
  return {
    labels: Labels.of({ __name__: name, ...labels }),
    metric: { otelName: name, name, type: 'gauge', unit: '', description: '' },
  };
}

export function loadGroups(text: string, file = 'rules.yaml'): Promise<readonly RuleGroup[]> {
  const registry = new PluginRegistry();
  for (const plugin of [rulePromql, ruleThreshold]) registry.register(plugin, 'bundled');
  return loadRuleFiles(
    [file],
    (type) => registry.find('rule', type)?.definition,
    () => Promise.resolve(text),
  );
}

/** The engine, the alerts and the notifier wired as the program wires them, fed second by second. */
export class LiveRun {
  readonly events: AlertEvent[] = [];
  readonly told: Notification[] = [];
  readonly clock: FakeClock;
  readonly #groups: readonly RuleGroup[];
  readonly #logger = new RecordingLogger();
  #metrics: MetricStore;
  #database: Database | undefined;
  #alerts: Alerts | undefined;
  #notifier: Notifier | undefined;
  #engine: RuleEngine | undefined;
  readonly #known = new Map<string, Alert>();

  constructor(groups: readonly RuleGroup[], metrics: MetricStore, clock: FakeClock) {
    this.#groups = groups;
    this.#metrics = metrics;
    this.clock = clock;
  }

  /** Again after a restart, with what the disk has kept of the metrics. */
  async start(metrics = this.#metrics): Promise<void> {
    this.#metrics = metrics;
    this.#database ??= await openScratchDatabase([...alertMigrations, ...notifyMigrations]);
    const common = { database: this.#database, clock: this.clock, logger: this.#logger, meter };
    const notifier = new Notifier({
      ...{ ...common, clock: this.#late(), route, receivers: this.#receivers(), notificationsKeptMs: 1e12 },
      ...{ externalUrl: () => 'http://localhost', random: () => 0.5 },
    });
    const alerts = await Alerts.open({ ...common, dispatch: notifier, publish: (event) => this.events.push(event) });
    this.#engine = createRuleEngine({
      ...{ ...common, groups: this.#groups, alertId, externalUrl: () => 'http://localhost' },
      query: (expression, at) => evaluateInstant(expression, metrics.memory, at),
      record: (at, samples) => {
        if (metrics.memory.appendRuleSamples(at, samples) !== undefined) throw new Error('conflict');
      },
      next: (evaluation) => alerts.accept(evaluation),
    });
    // As of the first tick.
    this.#engine.restore(alerts.instances(), this.clock.now() + 1_000);
    this.#alerts = alerts;
    this.#notifier = notifier;
    await notifier.start(alerts.active(), (id) => alerts.find(id));
    await this.clock.advance(1_000);
  }

  #late(): Clock {
    return {
      now: () => this.clock.now(),
      monotonic: () => this.clock.monotonic(),
      setTimeout: (callback, delayMs) => this.clock.setTimeout(callback, delayMs + phaseMs),
    };
  }

  async second(values: Second): Promise<void> {
    const at = this.clock.now();
    this.#metrics.memory.accept({ at, series: [...values.keys()], values: [...values.values()] });
    this.#engine?.evaluate(at);
    this.#metrics.flush();
    await this.clock.advance(1_000);
    for (const alert of this.#alerts?.active() ?? []) this.#known.set(alert.id, alert);
  }

  async stop(): Promise<void> {
    await this.#notifier?.stop();
    await this.#alerts?.stop();
  }

  async firings(): Promise<readonly LiveFiring[]> {
    const found: LiveFiring[] = [];
    for (const { kind, alertId: id, at } of this.events) {
      if (kind !== 'firing') continue;
      const alert = await this.#alerts?.find(id);
      if (alert === undefined) throw new Error(`no alert ${id}`);
      const end = this.events.find((event) => event.alertId === id && event.kind === 'resolved');
      found.push({ labels: alert.labels.toString(), startsAt: alert.startsAt, firedAt: at, endsAt: end?.at });
    }
    return found;
  }

  get pendingOnly(): number {
    return this.events.filter(({ kind }) => kind === 'inactive').length;
  }

  #receivers(): readonly Receiver[] {
    return channels.map(({ receiver, name, sendResolved }) => ({
      name: receiver,
      channels: [
        {
          ...{ name, plugin: 'test', sendResolved },
          send: (notification) => {
            this.told.push(notification);
            return Promise.resolve(sent());
          },
        },
      ],
    }));
  }
}
