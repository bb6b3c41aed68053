import { BinanceDialect } from './binance/binance-dialect.js';
import type { Clock, Timer } from './clock.js';
import { systemClock } from './clock.js';
import type { Controlled, FaultReport, SimulatorStatus } from './control-api.js';
import { ControlApi } from './control-api.js';
import { distortionOf, isStalled } from './faults/effects.js';
import type { PlannedFault, RequestedFault } from './faults/fault.js';
import type { Occurrence } from './faults/fault-schedule.js';
import { FaultSchedule } from './faults/fault-schedule.js';
import type { Log } from './log.js';
import { isLoopback } from './loopback.js';
import { instruments, symbolOf } from './market/instrument.js';
import { PriceEngine } from './market/price-engine.js';
import { StateFile } from './state-file.js';
import { StreamHub } from './stream-hub.js';
import { VenueServer } from './venue-server.js';

export interface SimulatorOptions {
  /** A loopback name or address; `127.0.0.1` by default. Anything else is refused. */
  readonly host?: string;
  /** 0, the default: a free one. */
  readonly port?: number;
  /** 1 by default. The same seed gives the same walk. */
  readonly seed?: number;
  /** The script of a scenario file; none by default. */
  readonly faults?: readonly PlannedFault[];
  /** Where the walk is kept over restarts; absent: nowhere. */
  readonly statePath?: string;
  /** Reads the state, but leaves the file as it is until `keepState`: somebody else may be using it. False when absent. */
  readonly holdState?: boolean;
  readonly clock?: Clock;
  /** Where the schedule's time begins, on the clock's monotonic axis; by default the moment of the call. */
  readonly startedAtMs?: number;
  /** Gets one line per event; silent by default. */
  readonly log?: Log;
}

/** A running venue. */
export interface Simulator extends Controlled {
  /** Base URL of the REST interface. */
  readonly rest: string;
  /** URL of the WebSocket interface; clients may append to its path. */
  readonly ws: string;
  /** Ends `holdState`: from now on the walk is stored. Idempotent. */
  keepState(): void;
  /** Stores the walk, cuts all connections and frees the port. Idempotent. */
  stop(): Promise<void>;
}

const stepMs = 1000;
const stepsPerSave = 5;

/** Starts a venue; rejects when the host is not of this machine or the address cannot be listened on. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1';
  if (!isLoopback(host)) throw new Error(`the simulator listens on this machine only, not on ${host}; use 127.0.0.1`);
  const venue = new Venue(options);
  const port = await venue.listen(host, options.port ?? 0);
  const authority = `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
  return {
    rest: `http://${authority}`,
    ws: `ws://${authority}/stream/ws`,
    status: () => venue.status(),
    addFault: (fault) => venue.addFault(fault),
    endFaults: () => venue.endFaults(),
    keepState: () => venue.keepState(),
    stop: () => venue.stop(),
  };
}

class Venue implements Controlled {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #seed: number;
  readonly #startedAtMs: number;
  readonly #engine: PriceEngine;
  readonly #schedule: FaultSchedule;
  readonly #streams: StreamHub;
  readonly #server: VenueServer;
  readonly #state: StateFile | undefined;
  #timer: Timer | undefined;
  #firstStepMs = 0;
  #lookedAtMs = -1;
  #stepsSinceSave = 0;
  #stopped: Promise<void> | undefined;

  constructor(options: SimulatorOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? (() => undefined);
    this.#seed = options.seed ?? 1;
    this.#startedAtMs = options.startedAtMs ?? this.#clock.monotonic();
    this.#state =
      options.statePath === undefined
        ? undefined
        : new StateFile(options.statePath, this.#log, options.holdState === true);
    const snapshot = this.#state?.load(instruments, this.#seed);
    this.#engine = new PriceEngine({ instruments, seed: this.#seed, ...(snapshot === undefined ? {} : { snapshot }) });
    this.#schedule = new FaultSchedule(options.faults);
    const dialect = new BinanceDialect(this.#engine);
    this.#streams = new StreamHub(dialect, this.#log);
    this.#server = new VenueServer({
      dialect,
      control: new ControlApi(this),
      streams: this.#streams,
      clock: this.#clock,
      activeFaults: () => this.#active(),
      scheduleNowMs: () => this.#scheduleNowMs(),
    });
  }

  async listen(host: string, port: number): Promise<number> {
    const bound = await this.#server.listen(host, port);
    this.#firstStepMs = this.#clock.monotonic() + stepMs;
    this.#timer = this.#clock.setTimeout(() => this.#step(), stepMs);
    return bound;
  }

  status(): SimulatorStatus {
    return {
      now: this.#clock.now(),
      seed: this.#seed,
      symbols: instruments.map(symbolOf),
      connections: this.#streams.size,
      cutOff: this.#streams.cutOff,
      lastMessageAt: {
        ticker: this.#streams.lastMessageAt('ticker') ?? null,
        book: this.#streams.lastMessageAt('book') ?? null,
      },
      faults: this.#active().map((one) => this.#report(one)),
    };
  }

  addFault(requested: RequestedFault): FaultReport | undefined {
    const begun = this.#schedule.add(requested, this.#scheduleNowMs());
    if (begun === undefined) return undefined;
    this.#begin(begun);
    return this.#report(begun);
  }

  endFaults(): number {
    this.#log('all faults are ended, the scenario is over');
    return this.#schedule.clear(this.#scheduleNowMs());
  }

  keepState(): void {
    this.#state?.keep();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#shutDown();
    return this.#stopped;
  }

  #step(): void {
    const nowMs = this.#scheduleNowMs();
    for (const begun of this.#schedule.begun(this.#lookedAtMs, nowMs)) this.#begin(begun);
    this.#lookedAtMs = nowMs;
    const active = this.#schedule.active(nowMs);
    this.#engine.step((instrument) => distortionOf(active, instrument.id));
    this.#streams.publish(this.#clock.now(), (feed) => isStalled(active, feed));
    this.#saveNowAndThen();
    this.#timer = this.#clock.setTimeout(() => this.#step(), this.#untilNextStepMs());
  }

  /** Steps keep to a grid, so that they do not drift; those that a sleeping machine missed are left out, not bunched. */
  #untilNextStepMs(): number {
    return stepMs - ((this.#clock.monotonic() - this.#firstStepMs) % stepMs);
  }

  #saveNowAndThen(): void {
    this.#stepsSinceSave += 1;
    if (this.#state === undefined || this.#stepsSinceSave < stepsPerSave) return;
    this.#stepsSinceSave = 0;
    void this.#state.save(this.#engine.snapshot());
  }

  #begin({ fault, startMs, endMs }: Occurrence): void {
    const lasting = endMs === undefined ? ' until ended' : endMs > startMs ? ` for ${(endMs - startMs) / 1000} s` : '';
    this.#log(`fault: ${JSON.stringify(fault)}${lasting}`);
    if (fault.fault === 'disconnect') this.#streams.terminateAll();
  }

  #report({ fault, startMs, endMs }: Occurrence): FaultReport {
    const epochOfSchedule = this.#clock.now() - this.#scheduleNowMs();
    const epoch = (scheduleMs: number): number => Math.round(epochOfSchedule + scheduleMs);
    return { ...fault, startedAt: epoch(startMs), endsAt: endMs === undefined ? null : epoch(endMs) };
  }

  #active(): Occurrence[] {
    return this.#schedule.active(this.#scheduleNowMs());
  }

  #scheduleNowMs(): number {
    return this.#clock.monotonic() - this.#startedAtMs;
  }

  async #shutDown(): Promise<void> {
    this.#timer?.cancel();
    await Promise.all([this.#server.close(), this.#state?.saveLast(this.#engine.snapshot())]);
  }
}
