import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TapewatchConfig } from '@tapewatch/config';
import { StartError, systemClock } from '@tapewatch/model';
import type { Clock } from '@tapewatch/model';
import { FakeClock } from '@tapewatch/model/testing';
import type { Pipeline, PipelineDependencies } from '@tapewatch/pipeline';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { english } from '../messages/english.js';
import { RecordingTerminal } from '../testing/recording-terminal.js';
import type { Assembly } from './assembly.js';
import { startCommand } from './start-command.js';
import type { ProcessPort } from './start-command.js';

const folder = mkdtempSync(join(tmpdir(), 'start-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

const simulatorModule = join(folder, 'simulator.mjs');
writeFileSync(
  simulatorModule,
  `console.log(JSON.stringify({ event: 'listening', rest: 'http://127.0.0.1:4711', ws: 'ws://127.0.0.1:4711/ws' }));
   process.on('disconnect', () => process.exit(0));`,
);
const demoConfig = join(folder, 'demo.yaml');
writeFileSync(
  demoConfig,
  'exchanges: [{ venue: binance, symbols: [A/B], rest_url: "${env:TAPEWATCH_SIMULATOR_REST}", ws_url: "${env:TAPEWATCH_SIMULATOR_WS}" }]',
);

class FakeProcess extends EventEmitter implements ProcessPort {
  readonly env: NodeJS.ProcessEnv;
  readonly exits: number[] = [];
  readonly #cwd = mkdtempSync(join(folder, 'cwd-'));

  constructor(env: NodeJS.ProcessEnv = {}) {
    super();
    this.env = env;
  }

  cwd(): string {
    return this.#cwd;
  }
  exit(code: number): void {
    this.exits.push(code);
  }
}

/** Notes what happens in which order; `fail` names the step that throws or hangs. */
class FakeAssembly implements Assembly {
  readonly steps: string[] = [];
  readonly counted: unknown[] = [];
  readonly reloads: string[] = [];
  config: TapewatchConfig | undefined;
  dependencies: PipelineDependencies | undefined;
  readonly #fail: Readonly<Record<string, Error | 'hangs'>>;

  constructor(fail: Readonly<Record<string, Error | 'hangs'>> = {}) {
    this.#fail = fail;
  }

  createPipeline(config: TapewatchConfig, dependencies: PipelineDependencies): Promise<Pipeline> {
    this.config = config;
    this.dependencies = dependencies;
    return this.step('create pipeline', {
      start: () => this.step('start pipeline', undefined),
      stop: () => this.step('stop pipeline', undefined),
      read: { rules: () => [], status: () => ({ destinations: [] }), stateLoss: () => undefined },
      commands: {
        reloadConfig: (by: string) => {
          this.reloads.push(by);
          return Promise.resolve({ ok: true });
        },
      },
      meter: {
        createCounter: () => ({ add: (count: number, attributes: unknown) => this.counted.push([count, attributes]) }),
      },
    } as unknown as Pipeline);
  }

  createServer() {
    const close = (): Promise<void> => this.step('close server', undefined);
    return this.step('create server', {
      url: 'http://127.0.0.1:9',
      port: 9,
      signInLink: 'http://127.0.0.1:9/sign-in',
      close,
    });
  }

  readonly isExchangeRejection = (reason: unknown): boolean => reason === 'ws';

  private step<T>(name: string, value: T): Promise<T> {
    this.steps.push(name);
    const failure = this.#fail[name];
    if (failure === 'hangs') return new Promise(() => undefined);
    return failure === undefined ? Promise.resolve(value) : Promise.reject(failure);
  }
}

function begin(
  assembly: FakeAssembly,
  files: Readonly<Record<string, string>> = {},
  args = {},
  {
    clock = systemClock,
    process = new FakeProcess({ KEPT: '1' }),
    terminalIsThere = [false],
  }: { clock?: Clock; process?: FakeProcess; terminalIsThere?: readonly boolean[] } = {},
) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(process.cwd(), name), text);
  const terminal = new RecordingTerminal();
  const workspace = {
    demoConfig,
    demoScenario: 'scenario.yaml',
    simulatorModule,
    shippedRulesDir: '/rules',
    runbooksDir: '/books',
  };
  const ended = startCommand(args, {
    ...{ process, terminal, workspace, messages: english, version: '1.2.3', clock, random: () => 0 },
    hasTerminal: () => terminalIsThere.at(-1) ?? false,
    loadAssembly: () => Promise.resolve(assembly),
    checkParts: () => Promise.resolve({ rules: 0, warnings: [], notes: [] }),
  });
  const onScreen = (text: string) =>
    vi.waitFor(() => expect(terminal.outLines.join('\n')).toContain(text), { timeout: 10_000 });
  return { process, terminal, ended, onScreen };
}

const forward = ['create pipeline', 'create server', 'start pipeline'];

describe('startCommand', () => {
  it('reads the configuration again on SIGHUP', async () => {
    const assembly = new FakeAssembly();
    const { process, ended, onScreen } = begin(assembly, { 'tapewatch.yaml': '' });
    process.emit('SIGHUP');
    await onScreen('http://127.0.0.1:9');
    process.emit('SIGHUP');
    expect(assembly.reloads).toEqual(['SIGHUP']);
    process.emit('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('stops on SIGHUP when the terminal it was started from is gone', async () => {
    const assembly = new FakeAssembly();
    const terminalIsThere = [true];
    const { process, ended, onScreen } = begin(assembly, { 'tapewatch.yaml': '' }, {}, { terminalIsThere });
    await onScreen('http://127.0.0.1:9');
    process.emit('SIGHUP');
    expect(assembly.reloads).toEqual(['SIGHUP']);
    terminalIsThere.push(false);
    process.emit('SIGHUP');
    expect(await ended).toBe(0);
  });

  it('opens storage, then the port, then measures; on a signal closes in the other order with code 0', async () => {
    const assembly = new FakeAssembly();
    const { process, terminal, ended, onScreen } = begin(assembly, { 'tapewatch.yaml': 'data_dir: d' });
    await onScreen('Ctrl-C');
    expect(assembly.steps).toEqual(forward);
    expect(existsSync(join(process.cwd(), 'd'))).toBe(true);
    expect(assembly.dependencies?.externalUrl()).toBe('http://127.0.0.1:9');
    process.emit('SIGINT');
    process.emit('SIGINT');
    expect(await ended).toBe(0);
    expect(assembly.steps).toEqual([...forward, 'close server', 'stop pipeline']);
    expect(terminal.outLines.slice(-2)).toEqual([english.stopping.begun, english.stopping.done]);
    expect(process.exits).toEqual([]);
  });

  it('runs the demo without a tapewatch.yaml: the simulator’s address goes into configuration and environment', async () => {
    const assembly = new FakeAssembly();
    const { process, ended, onScreen } = begin(assembly);
    await onScreen('ExchangeFeedStale');
    expect(assembly.config?.exchanges).toMatchObject([
      { restUrl: 'http://127.0.0.1:4711', wsUrl: 'ws://127.0.0.1:4711/ws' },
    ]);
    expect(assembly.dependencies?.env).toMatchObject({ KEPT: '1', TAPEWATCH_SIMULATOR_REST: 'http://127.0.0.1:4711' });
    process.emit('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('prints every problem of the configuration and starts nothing', async () => {
    const assembly = new FakeAssembly();
    const { terminal, ended } = begin(assembly, { 'own.yaml': 'servr: {}\nlog: { level: x }' }, { config: 'own.yaml' });
    expect(await ended).toBe(2);
    expect(terminal.errorLines).toHaveLength(3);
    expect(assembly.steps).toEqual([]);
  });

  it.each([
    ['create pipeline', ['create pipeline']],
    ['create server', ['create pipeline', 'create server', 'stop pipeline']],
    ['start pipeline', [...forward, 'close server', 'stop pipeline']],
  ])('closes what is open when it fails to %s', async (failing, steps) => {
    const assembly = new FakeAssembly({ [failing]: new StartError('LISTEN_IN_USE', 'Port 8080 is taken.') });
    const { terminal, ended } = begin(assembly, { 'tapewatch.yaml': '' });
    expect(await ended).toBe(1);
    expect(assembly.steps).toEqual(steps);
    expect(terminal.errorLines).toEqual(['Port 8080 is taken. [LISTEN_IN_USE]']);
  });

  it('closes the rest when one part cannot be closed', async () => {
    const assembly = new FakeAssembly({ 'close server': new Error('stuck') });
    const { process, ended, onScreen } = begin(assembly, { 'tapewatch.yaml': '' });
    await onScreen('Ctrl-C');
    process.emit('SIGINT');
    expect(await ended).toBe(1);
    expect(assembly.steps.at(-1)).toBe('stop pipeline');
  });

  it.each([
    ['the server hangs', ['close server']],
    ['all hangs', ['close server', 'stop pipeline']],
  ])('stops the pipeline, and ends by itself before the deadline, when %s', async (_what, hanging) => {
    const clock = new FakeClock();
    const assembly = new FakeAssembly(Object.fromEntries(hanging.map((step) => [step, 'hangs'])));
    const { process, ended, onScreen } = begin(assembly, { 'tapewatch.yaml': '' }, {}, { clock });
    await onScreen('Ctrl-C');
    process.emit('SIGINT');
    await clock.advance(9_499);
    expect(await Promise.race([ended, Promise.resolve('still stopping')])).toBe(1);
    expect(assembly.steps.slice(-2)).toEqual(['close server', 'stop pipeline']);
    expect(process.exits).toEqual([]);
  });

  it('goes on after errors that nobody caught, logs them and counts them', async () => {
    const assembly = new FakeAssembly();
    const { process, terminal, ended, onScreen } = begin(assembly, { 'tapewatch.yaml': '' });
    await onScreen('Ctrl-C');
    process.emit('uncaughtException', new Error('bug'));
    process.emit('unhandledRejection', 'ws');
    expect(process.exits).toEqual([]);
    const kinds = ['uncaught_exception', 'unhandled_rejection'];
    expect(assembly.counted).toEqual([...kinds.map((kind) => [0, { kind }]), [1, { kind: 'uncaught_exception' }]]);
    expect(terminal.logs.join('')).toContain('bug');
    process.emit('SIGINT');
    expect(await ended).toBe(0);
  });

  it('ends by an error that nobody caught while it starts', async () => {
    const assembly = new FakeAssembly();
    const { process, terminal, ended, onScreen } = begin(assembly, { 'tapewatch.yaml': '' });
    process.emit('uncaughtException', new Error('early bug'));
    expect(process.exits).toEqual([1]);
    expect(terminal.errorLines.join('\n')).toContain('early bug');
    await onScreen('Ctrl-C');
    process.emit('SIGINT');
    await ended;
  });

  it('names a data folder that cannot be made', async () => {
    const { terminal, ended } = begin(new FakeAssembly(), { 'tapewatch.yaml': 'data_dir: taken/d', taken: '' });
    expect(await ended).toBe(1);
    expect(terminal.errorLines.join('\n')).toMatch(/taken.*TAPEWATCH_DATA_DIR/);
  });

  it('lets the simulator write its state in the data folder once that is locked, and not before', async () => {
    writeFileSync(
      simulatorModule,
      `import { writeFileSync } from 'node:fs';
      const state = process.argv[process.argv.indexOf('--state') + 1];
      const write = () => writeFileSync(state, String(process.pid));
      if (!process.argv.includes('--hold-state')) write();
      process.on('message', (message) => { if (message === 'keep') write(); });
      process.on('SIGTERM', () => process.exit(0));
      ${readFileSync(simulatorModule, 'utf8')}`,
    );
    const own = begin(new FakeAssembly());
    await own.onScreen('Ctrl-C');
    const state = join(own.process.cwd(), 'data', 'simulator.json');
    await vi.waitFor(() => expect(existsSync(state)).toBe(true));
    const written = readFileSync(state, 'utf8');

    const locked = new FakeAssembly({ 'create pipeline': new StartError('DATA_DIR_IN_USE', 'In use.') });
    const second = begin(locked, {}, {}, { process: own.process });
    expect(await second.ended).toBe(1);
    expect(readFileSync(state, 'utf8')).toBe(written);

    own.process.emit('SIGINT');
    expect(await own.ended).toBe(0);
  });
});
