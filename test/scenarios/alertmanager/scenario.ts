import { createNoopMeter } from '@opentelemetry/api';
import { alertMigrations, Alerts } from '@tapewatch/alerts';
import { loadConfig, type TapewatchConfig } from '@tapewatch/config';
import { openScratchDatabase } from '@tapewatch/database';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { Notifier, notifyMigrations, type Channel } from '@tapewatch/notify';
import type { Notification, SendResult } from '@tapewatch/plugin-sdk';
import { expect } from 'vitest';
import { Collector, type ScenarioAlert } from './collector.js';

interface Step {
  readonly at: number;
  readonly take: (stage: Stage) => Promise<void> | void;
}

/** What a scenario runs on: the production code on a fake clock and a throw-away database. */
interface Stage {
  readonly alerts: Alerts;
  readonly notifier: Notifier;
  readonly config: TapewatchConfig;
  readonly channels: (config: TapewatchConfig) => ConstructorParameters<typeof Notifier>[0]['receivers'];
  /** Milliseconds since the epoch for seconds since the beginning. */
  readonly time: (seconds: number) => number;
}

interface Target {
  readonly collector: Collector;
  /** Whether a delivery at this second succeeds. */
  readonly works: (at: number) => boolean;
}

/** How finely time passes, in milliseconds: what the disk would take is no time here. */
const stepMs = 50;
/**
 * One of Alertmanager's acceptance tests: an alertmanager.yml, alerts that are sent and silences that are made at their seconds, and what each
 * webhook is to be told in which interval.
 */
export class Scenario {
  readonly #text: string;
  readonly #steps: Step[] = [];
  readonly #targets = new Map<string, Target>();
  readonly #silences = new Map<object, string>();

  constructor(alertmanagerText: string) {
    this.#text = alertmanagerText;
  }

  collector(url: string, works: (at: number) => boolean = () => true): Collector {
    const collector = new Collector();
    this.#targets.set(url, { collector, works });
    return collector;
  }

  push(at: number, ...alerts: readonly ScenarioAlert[]): void {
    this.#steps.push({
      at,
      take: async ({ alerts: room, time }) => {
        const result = await room.post(
          alerts.map(({ labels, annotations, startsAt, endsAt }) => ({
            ...{ labels, annotations },
            ...(startsAt === undefined ? {} : { startsAt: time(startsAt) }),
            ...(endsAt === undefined ? {} : { endsAt: time(endsAt) }),
          })),
        );
        expect(result.ok).toBe(true);
      },
    });
  }

  /** Answers what `expire` takes. */
  silence(
    at: number,
    wanted: { readonly startsAt: number; readonly endsAt: number; readonly matchers: readonly string[] },
  ): object {
    const handle = {};
    this.#steps.push({
      at,
      take: async ({ alerts, time }) => {
        const made = await alerts.silences.set({
          matchers: wanted.matchers,
          startsAt: time(wanted.startsAt),
          endsAt: time(wanted.endsAt),
          ...{ createdBy: 'somebody', comment: 'a scenario' },
        });
        expect(made.ok).toBe(true);
        if (made.ok) this.#silences.set(handle, made.value.id);
      },
    });
    return handle;
  }

  expire(at: number, silence: object): void {
    this.#steps.push({
      at,
      take: async ({ alerts }) => {
        expect((await alerts.silences.expire(this.#silences.get(silence) ?? '')).ok).toBe(true);
      },
    });
  }

  reload(at: number): void {
    this.#steps.push({
      at,
      take: ({ notifier, config, channels }) =>
        void notifier.reconfigure({ route: config.route, receivers: channels(config) }),
    });
  }

  /** Plays it to its end, and checks what every webhook was told. */
  async run(): Promise<void> {
    const clock = new FakeClock();
    const begun = clock.now();
    const config = await loadConfig({
      file: 'tapewatch.yaml',
      text: 'alertmanager_config: alertmanager.yml\n',
      env: {},
      baseDir: '/',
      readFile: () => Promise.resolve(this.#text),
    });
    const database = await openScratchDatabase([...alertMigrations, ...notifyMigrations]);
    const common = { database, clock, logger: new RecordingLogger(), meter: createNoopMeter() };
    const seconds = (ms: number): number => (ms - begun) / 1000;
    const channels = (of: TapewatchConfig) =>
      of.receivers.map(({ name, channels: own }) => ({
        name,
        channels: own.map((channel) =>
          this.channel(channel.name, channel.config, channel.sendResolved, clock, seconds),
        ),
      }));
    const notifier: Notifier = new Notifier({
      ...common,
      route: config.route,
      receivers: channels(config),
      notificationsKeptMs: 86_400_000,
      current: (id) => alerts.current(id),
      externalUrl: () => 'http://tapewatch.test',
      random: () => 0.5,
    });
    const alerts = await Alerts.open({
      ...common,
      ...config.alerts,
      inhibitRules: config.inhibitRules,
      dispatch: notifier,
      publish: () => undefined,
    });
    await notifier.start([], () => Promise.resolve(undefined));
    alerts.start();
    const stage: Stage = { alerts, notifier, config, channels, time: (at) => begun + at * 1000 };
    await this.play(stage, clock);
    await notifier.stop();
    await alerts.stop();
    await database.close();
    for (const { collector } of this.#targets.values()) collector.check();
  }

  private async play(stage: Stage, clock: FakeClock): Promise<void> {
    const steps = [...this.#steps].sort((a, b) => a.at - b.at);
    const ends = [...this.#targets.values()].map(({ collector }) => collector.endsAt);
    const endMs = Math.max(0, ...ends, ...steps.map(({ at }) => at)) * 1000;
    for (let ms = 0; ms < endMs; ms += stepMs) {
      while (steps[0] !== undefined && steps[0].at * 1000 <= ms) await steps.shift()?.take(stage);
      await clock.advance(stepMs);
    }
  }

  private channel(
    name: string,
    config: unknown,
    sendResolved: boolean | undefined,
    clock: FakeClock,
    seconds: (ms: number) => number,
  ): Channel {
    const target = this.#targets.get((config as { readonly url: string }).url);
    return {
      name,
      plugin: 'channel-webhook',
      sendResolved: sendResolved ?? true,
      send: (notification): Promise<SendResult> => {
        const at = seconds(clock.now());
        if (target?.works(at) === false) return Promise.resolve({ outcome: 'retry', reason: 'it does not work now' });
        target?.collector.take(at, told(notification, seconds));
        return Promise.resolve({ outcome: 'sent' });
      },
    };
  }
}

function told({ alerts }: Notification, seconds: (ms: number) => number) {
  return alerts.map(({ labels, annotations, startsAt, endsAt, status }) => ({
    ...{ labels, annotations, startsAt: seconds(startsAt) },
    ...(status === 'resolved' && endsAt !== undefined ? { endsAt: seconds(endsAt) } : {}),
  }));
}
