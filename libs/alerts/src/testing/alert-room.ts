import { createNoopMeter } from '@opentelemetry/api';
import type { Database } from '@tapewatch/database';
import { openTestDatabase } from '@tapewatch/database/testing';
import { Labels, type Alert, type AlertEvent, type AlertInstance, type Evaluation } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { Alerts, type AlertsOptions } from '../alerts.js';
import { alertMigrations } from '../tables.js';

/** Alerts on a clock and a disk of their own, with what came out of them; for tests. */
export class AlertRoom {
  readonly clock = new FakeClock();
  readonly logger = new RecordingLogger();
  readonly database: Database;
  readonly published: AlertEvent[] = [];
  /** Every hand-over, in order. */
  readonly handed: (readonly Alert[])[] = [];
  alerts!: Alerts;

  static async open(options: Partial<AlertsOptions> = {}): Promise<AlertRoom> {
    const room = new AlertRoom(await openTestDatabase(alertMigrations));
    await room.reopen(options);
    return room;
  }

  private constructor(database: Database) {
    this.database = database;
  }

  /** As after kill -9: what was in memory is gone. */
  async reopen(options: Partial<AlertsOptions> = {}): Promise<Alerts> {
    this.alerts = await Alerts.open({
      database: this.database,
      dispatch: { dispatch: (alerts) => void this.handed.push(alerts) },
      publish: (event) => void this.published.push(event),
      clock: this.clock,
      logger: this.logger,
      meter: createNoopMeter(),
      ...options,
    });
    return this.alerts;
  }

  /** Lets time pass, and waits for the disk after it. */
  async pass(ms = 0): Promise<void> {
    await this.clock.advance(ms);
    // Behind what is being written, as there is one line to the disk.
    await this.alerts.history.head();
    await this.clock.advance(0);
  }

  async close(): Promise<void> {
    await this.alerts.stop();
    await this.database.close();
  }

  /** What one alert was handed over as, last. */
  told(name: string): Alert | undefined {
    return this.handed.flat().findLast((alert) => alert.name === name);
  }

  active(name: string): Alert | undefined {
    return this.alerts.active().find((alert) => alert.name === name);
  }

  kindsOf(name: string): readonly string[] {
    const ids = new Set(this.handed.flat().flatMap((alert) => (alert.name === name ? [alert.id] : [])));
    return this.published.filter(({ alertId }) => ids.has(alertId)).map(({ kind }) => kind);
  }

  /** One evaluation of one group in which an alert begins to fire. */
  fire(labels: Readonly<Record<string, string>>): void {
    const at = this.clock.now();
    const instance = this.instance(labels, at);
    this.alerts.accept(evaluation(at, 'firing', instance));
  }

  resolve(labels: Readonly<Record<string, string>>): void {
    const at = this.clock.now();
    this.alerts.accept(evaluation(at, 'resolved', this.instance(labels, at)));
  }

  instance(labels: Readonly<Record<string, string>>, at: number): AlertInstance {
    const name = labels['alertname'] ?? 'A';
    return {
      rule: { group: `group of ${name}`, name },
      labels: Labels.of({ alertname: 'A', ...labels }),
      annotations: {},
      value: 1,
      state: 'firing',
      startsAt: at,
      firedAt: at,
    };
  }
}

function evaluation(at: number, kind: 'firing' | 'resolved', instance: AlertInstance): Evaluation {
  return {
    at,
    group: instance.rule.group,
    transitions: [{ at, kind, instance }],
    active: kind === 'firing' ? [instance] : [],
  };
}
