import type { ExchangeView } from '@tapewatch/exchanges';
import { registerHostInstruments, type HostInstruments } from '@tapewatch/telemetry';
import { delay, messageOf } from '@tapewatch/model';
import type { PipelineParts } from './parts.js';
import type { Pipeline, PipelineCommands, PipelineEvents, PipelineReader } from './pipeline.js';
import { pushMetrics } from './push-metrics.js';
import { createReader } from './reader.js';

/** What a stop may take in all; then what hangs is left behind. */
const stopWithinMs = 5_500;

/** A pipeline's life: started once, stopped once. */
export class PipelineRun implements Pipeline {
  readonly read: PipelineReader;
  readonly events: PipelineEvents;
  readonly commands: PipelineCommands;
  readonly #parts: PipelineParts;
  readonly #tickListeners = new Set<(at: number) => void>();
  /** As of the newest tick that is stored: whoever sees a price here finds it by a query, too. */
  #exchangeViews: readonly ExchangeView[];
  #host: HostInstruments | undefined;
  #stopping: Promise<void> | undefined;

  constructor(parts: PipelineParts) {
    const { access, alerts, health, notifier, reports } = parts;
    this.#parts = parts;
    this.#exchangeViews = parts.exchanges.views();
    this.read = createReader(parts, () => this.#exchangeViews);
    this.events = {
      alerts: parts.alertEvents,
      health: parts.healthEvents,
      reports: parts.reportEvents,
      onTick: (listener) => {
        this.#tickListeners.add(listener);
        return () => void this.#tickListeners.delete(listener);
      },
    };
    this.commands = {
      raiseAlert: (raised) => alerts.raise(raised),
      postAlerts: (posted) => alerts.post(posted),
      acknowledgeAlert: (id, acknowledgement) => alerts.acknowledge(id, acknowledgement),
      unacknowledgeAlert: (id, by) => alerts.unacknowledge(id, by),
      resolveAlert: (id, by, reason) => alerts.resolve(id, by, reason),
      setSilence: (wanted, options) => alerts.silences.set(wanted, options),
      expireSilence: (id) => alerts.silences.expire(id),
      runHealthCheck: (component) => health.runNow(component),
      testChannel: (name, by) => notifier.test(name, by),
      replayNotification: (id) => notifier.replay(id),
      replayDeadLetters: (channel) => notifier.replayDeadLetters(channel),
      generateReport: (request) => reports.generate(request),
      createToken: (wanted, actor) => access.createToken(wanted, actor),
      revokeToken: (name, actor) => access.revokeToken(name, actor),
      revokeSession: (id, actor) => access.revokeSession(id, actor),
      backup: () => parts.state.archive(parts.version, parts.clock.now()),
      reloadConfig: (by) => parts.reloader.reload(by),
      pushMetrics: (body, encoding) => pushMetrics(parts.intake, body, encoding),
    };
  }

  get access(): Pipeline['access'] {
    return this.#parts.access;
  }

  get meter(): Pipeline['meter'] {
    return this.#parts.meter;
  }

  async start(): Promise<void> {
    const {
      alerts,
      clock,
      config,
      engine,
      exchanges,
      health,
      intake,
      meter,
      metrics,
      notifier,
      pulse,
      state,
      reports,
      store,
      telemetry,
      ticks,
    } = this.#parts;
    ticks.add(
      store,
      pulse,
      intake,
      { accept: ({ at }) => this.judge(at) },
      // After the rules, as what they record is part of the tick.
      { accept: () => metrics.flush() },
      { accept: ({ at }) => this.announce(at) },
    );
    if (config.host.enabled) this.#host = registerHostInstruments(meter, { clock });
    const orphans = engine.restore(alerts.instances(), clock.now());
    // First, so that nobody is told of what a silence covers that has begun since it was opened.
    alerts.start();
    // As of the start: whoever was to be told of one when the program was killed hears that it fired, and then that it is over.
    await notifier.start(alerts.restored(), (id) => alerts.find(id));
    alerts.abandon(orphans, clock.now());
    await exchanges.start();
    await health.start();
    state.keep(config, { clock, meter });
    telemetry.start();
    await reports.start();
    this.#parts.watch?.start();
    this.#parts.heartbeat?.start();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.end();
    return this.#stopping;
  }

  private async end(): Promise<void> {
    const { access, alerts, clock, state, exchanges, health, metrics, notifier, reports, supervisor, telemetry } =
      this.#parts;
    this.#parts.arrivals.stop();
    this.#parts.backtests.stop();
    const patience = new AbortController();
    this.#parts.watch?.stop();
    const orderly = async (): Promise<void> => {
      // First, so that no rule ever sees a tick from which stopped stages are missing.
      await this.tryTo('stop telemetry', telemetry.stop(1_000));
      supervisor.stop('check');
      await Promise.all([this.tryTo('stop checks', health.stop()), this.tryTo('stop exchanges', exchanges.stop())]);
      await this.tryTo('stop host instruments', this.#host?.stop());
      await this.tryTo('stop the heartbeat', this.#parts.heartbeat?.stop());
      await this.tryTo('write alerts', alerts.stop());
      await this.tryTo('finish a report', reports.stop());
      const history = this.tryTo('close the metric history', metrics.stop());
      // A notification that is being sent gets a moment; after that it is sent again at the next start, under the same key.
      const senders = this.tryTo('stop senders', notifier.stop());
      await Promise.race([senders, delay(clock, 1_000, patience.signal)]);
      supervisor.stop('channel');
      await Promise.all([senders, history]);
      await this.tryTo('write the audit log', access.stop());
      await this.tryTo('close the database', state.close());
    };
    await Promise.race([orderly(), delay(clock, stopWithinMs, patience.signal)]);
    patience.abort();
  }

  private async tryTo(what: string, work: Promise<void> | undefined): Promise<void> {
    try {
      await work;
    } catch (thrown) {
      this.#parts.logger.warn({ error: messageOf(thrown) }, `could not ${what} properly`);
    }
  }

  /** The last collection, made while stopping, is kept and shipped, but judged by nobody: it is not of a whole second. */
  private judge(at: number): void {
    if (this.#stopping === undefined) this.#parts.engine.evaluate(at);
  }

  private announce(at: number): void {
    this.#exchangeViews = this.#parts.exchanges.views();
    for (const listener of this.#tickListeners) {
      try {
        listener(at);
      } catch (thrown) {
        this.#parts.logger.error({ error: messageOf(thrown) }, 'a listener to ticks threw');
      }
    }
  }
}
