import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@tapewatch/config';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import type { AlertEvent } from '@tapewatch/model';
import { createPipeline, type Pipeline } from '@tapewatch/pipeline';
import { inRepository } from '../../support/repository.js';
import { desk } from './desk/index.js';

export interface WorldOptions {
  /** Added to a config that has the desk's plugin, and nothing else. */
  readonly config?: string;
  readonly shippedRules?: boolean;
  /** Of one rule file, in Prometheus' form. */
  readonly groups?: string;
  /** Milliseconds since the epoch. */
  readonly begin?: number;
}

/**
 * The whole program on a fake clock and a real database, with one plugin that checks and one that is told. Times are seconds that have really
 * passed, whatever the wall clock was set to in between.
 */
export class ClockWorld {
  readonly clock: FakeClock;
  readonly logger = new RecordingLogger();
  /** What bots push, by name of the gauge. */
  readonly pushed: Record<string, number> = {};
  pushEveryMs = 500;
  #pushedMs = -Infinity;
  /** As in `@12 desk firing High`. */
  readonly told: string[] = [];
  readonly events: AlertEvent[] = [];
  readonly #folder: string;
  #pipeline: Pipeline | undefined;

  static async open(options: WorldOptions): Promise<ClockWorld> {
    const { config = '', groups = '[]', begin = Date.UTC(2026, 0, 5, 12), shippedRules = false } = options;
    const folder = await mkdtemp(join(tmpdir(), 'tapewatch-clock-'));
    const world = new ClockWorld(folder, begin);
    await writeFile(join(folder, 'rules.yaml'), `groups: ${groups}\n`);
    await writeFile(join(folder, 'tapewatch.yaml'), `${basis}shipped_rules: ${shippedRules}\n${config}`);
    await world.start();
    return world;
  }

  private constructor(folder: string, begin: number) {
    this.#folder = folder;
    this.clock = new FakeClock(begin);
    desk.found = { status: 'healthy' };
    desk.told = ({ receiver, status, alerts }) =>
      void this.told.push(`@${this.passedS} ${receiver} ${status} ${alerts.map(({ name }) => name).join(', ')}`);
  }

  get pipeline(): Pipeline {
    if (this.#pipeline === undefined) throw new Error('it does not run');
    return this.#pipeline;
  }

  /** Whole seconds since the beginning. */
  get passedS(): number {
    return Math.floor(this.clock.monotonic() / 1000);
  }

  /** Names of the alerts in a state. */
  names(state: 'pending' | 'firing'): Promise<readonly string[]> {
    return this.pipeline.read
      .alerts({ first: 100, filter: { states: [state] } })
      .then((page) => (page.ok ? page.value.items.map(({ node }) => node.name).sort() : []));
  }

  /** Lets time pass, in half seconds, and waits for what the disk has to do. */
  async pass(seconds: number): Promise<void> {
    for (let half = 0; half < seconds * 2; half++) {
      this.push();
      await this.clock.advance(500);
      // There is one line to the disk: behind what is being written, and once more behind what that has led to.
      for (let i = 0; i < 2; i++) {
        await this.pipeline.read.notifications({ first: 1 });
        await this.clock.advance(0);
      }
    }
  }

  /** Sets the wall clock; time does not pass by it. */
  jump(hours: number): void {
    this.clock.jump(hours * 3_600_000);
  }

  async stop(): Promise<void> {
    await this.#pipeline?.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  private async start(): Promise<void> {
    const env = { TAPEWATCH_DATA_DIR: join(this.#folder, 'data') };
    const file = join(this.#folder, 'tapewatch.yaml');
    const config = await loadConfig({ file, env, baseDir: this.#folder });
    this.#pipeline = await createPipeline(config, {
      ...{ clock: this.clock, logger: this.logger, env, random: () => 0.5, version: '0.0.0-test' },
      externalUrl: () => 'http://tapewatch.test',
      shippedRulesDir: inRepository('config/rules'),
    });
    this.pipeline.events.alerts.subscribe((event) => void this.events.push(event));
    await this.pipeline.start();
  }

  private push(): void {
    if (this.clock.monotonic() - this.#pushedMs < this.pushEveryMs) return;
    this.#pushedMs = this.clock.monotonic();
    const timeUnixNano = `${this.clock.now()}000000`;
    const metrics = Object.entries(this.pushed).map(([name, asDouble]) => ({
      ...{ name, gauge: { dataPoints: [{ timeUnixNano, asDouble }] } },
    }));
    if (metrics.length === 0) return;
    const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
    this.pipeline.commands.pushMetrics(Buffer.from(body), 'json');
  }
}

const basis = `
host: { enabled: false }
rule_files: [rules.yaml]
metrics: { history: { enabled: false } }
plugins: [${inRepository('test/scenarios/clock/desk')}]
checks: [{ name: desk, type: desk, interval: 10s, timeout: 1s, config: {} }]
`;
