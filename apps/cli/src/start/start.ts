import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { loadConfig } from '@tapewatch/config';
import type { TapewatchConfig } from '@tapewatch/config';
import { messageOf, StartError } from '@tapewatch/model';
import type { Clock, Logger } from '@tapewatch/model';
import type { Pipeline } from '@tapewatch/pipeline';
import type { TapewatchServer } from '@tapewatch/server';
import type { Messages } from '../messages/messages.js';
import { screenLines } from '../screen.js';
import { createStyle } from '../style.js';
import type { Terminal } from '../terminal.js';
import type { Workspace } from '../workspace.js';
import type { Assembly } from './assembly.js';
import type { ConfigChoice } from './choose-config.js';
import { closeAll, closeWithinMs } from './closing.js';
import type { Closer } from './closing.js';
import { SimulatorProcess } from './simulator-process.js';
import type { StrayErrorKind } from './stray-errors.js';

export interface StartOptions {
  readonly choice: ConfigChoice;
  readonly env: NodeJS.ProcessEnv;
  /** The current folder. */
  readonly baseDir: string;
  readonly version: string;
  readonly workspace: Workspace;
  readonly clock: Clock;
  readonly random: () => number;
  readonly terminal: Terminal;
  readonly messages: Messages;
  readonly createLogger: (level: string) => Logger;
  readonly loadAssembly: () => Promise<Assembly>;
  /** Resolves when the program shall stop. */
  readonly stopRequested: Promise<void>;
  readonly isStopRequested: () => boolean;
  /** Told once everything runs: from then on nothing ends the process but a request. */
  readonly onStarted: (running: Running) => void;
}

export interface Running {
  readonly logger: Logger;
  readonly isExchangeRejection: (reason: unknown) => boolean;
  readonly countStrayError: (kind: StrayErrorKind) => void;
  /** Reads the configuration again; tells in the log what came of it. */
  readonly reload: () => void;
}

/**
 * Runs until a stop is requested, then closes what it opened, last first. The data folder is locked before the port is taken,
 * and both before anything is measured. Rejects with ConfigError or StartError when it cannot start.
 */
export async function start(options: StartOptions): Promise<void> {
  const closers: Closer[] = [];
  let failures: readonly unknown[];
  try {
    await open(options, closers);
    await options.stopRequested;
  } finally {
    failures = await closeAll(closers.reverse(), options.clock);
  }
  if (failures.length === 0) return;
  throw new StartError('INTERNAL', `Not everything could be closed: ${failures.map(messageOf).join('; ')}.`);
}

async function open(options: StartOptions, closers: Closer[]): Promise<void> {
  const { messages, version, clock, random, workspace } = options;
  const progress = progressOn(options.terminal);
  progress(messages.progress.reading(shown(options.choice.file, options.baseDir)));
  const ground = await prepare(options);
  // The simulator starts in its own process while this one is busy with loading.
  const loading = options.loadAssembly();
  loading.catch(() => undefined); // awaited below, where it is told
  const { config, env, simulator } = options.choice.demo
    ? await simulate(options, ground, closers, progress)
    : { ...ground, simulator: undefined };
  const { logger } = ground;
  if (options.isStopRequested()) return;

  progress(messages.progress.opening(shown(config.dataDir, options.baseDir)));
  const assembly = await loading;
  let url = config.server.externalUrl ?? fallbackUrl(config);
  const externalUrl = (): string => url;
  const { shippedRulesDir, runbooksDir } = workspace;
  const pipeline = await assembly.createPipeline(config, {
    clock,
    logger,
    random,
    env,
    version,
    externalUrl,
    shippedRulesDir,
    readConfig: () => loadConfig({ file: options.choice.file, env, baseDir: options.baseDir }),
  });
  closers.push({ what: 'the pipeline', withinMs: closeWithinMs.pipeline, close: () => pipeline.stop() });
  // Only now is it certain that no other Tapewatch, with a simulator of its own, uses this data folder.
  simulator?.keepState();
  if (options.isStopRequested()) return;

  progress(messages.progress.listening);
  const server = await assembly.createServer({
    ...serverAddress(config, env),
    pipeline,
    clock,
    logger,
    version,
    runbooksDir,
  });
  closers.push({ what: 'the server', withinMs: closeWithinMs.server, close: () => server.close() });
  url = server.url;

  progress(messages.progress.measuring);
  await pipeline.start();
  const counter = pipeline.meter.createCounter('tapewatch.stray_errors', {
    unit: '{error}',
    description: 'Errors that nobody caught.',
  });
  for (const kind of ['uncaught_exception', 'unhandled_rejection']) counter.add(0, { kind });
  options.onStarted({
    logger,
    isExchangeRejection: assembly.isExchangeRejection,
    countStrayError: (kind) => counter.add(1, { kind }),
    reload: () => void pipeline.commands.reloadConfig('SIGHUP'),
  });
  if (!options.isStopRequested()) showScreen(options, config, pipeline, server);
}

interface Ground {
  readonly config: TapewatchConfig;
  readonly env: NodeJS.ProcessEnv;
  readonly logger: Logger;
}

/** Checks the configuration before anything is started; in the demo with a stand-in for the simulator's address. */
async function prepare({ choice, env, baseDir, createLogger }: StartOptions): Promise<Ground> {
  const variables = choice.demo ? withSimulator(env, 'http://127.0.0.1:1', 'ws://127.0.0.1:1') : env;
  const config = await loadConfig({ file: choice.file, env: variables, baseDir });
  await makeDataDir(config.dataDir);
  return { config, env, logger: createLogger(config.log.level) };
}

/** Starts the simulator, whose state lies in the data folder and is only read for now, and reads the configuration again with its address in it. */
async function simulate(
  options: StartOptions,
  { config, logger }: Ground,
  closers: Closer[],
  progress: (line: string) => void,
): Promise<Pick<Ground, 'config' | 'env'> & { readonly simulator: SimulatorProcess }> {
  const { choice, baseDir, messages, clock, random, workspace } = options;
  progress(messages.progress.simulator);
  const { process: simulator, address } = await SimulatorProcess.start({
    modulePath: workspace.simulatorModule,
    scenarioPath: workspace.demoScenario,
    statePath: join(config.dataDir, 'simulator.json'),
    ...{ clock, logger, random },
  });
  closers.push({ what: 'the simulator', withinMs: closeWithinMs.simulator, close: () => simulator.stop() });
  const env = withSimulator(options.env, address.rest, address.ws);
  return { config: await loadConfig({ file: choice.file, env, baseDir }), env, simulator };
}

/** What the demo's configuration asks the environment for. */
export function withSimulator(env: NodeJS.ProcessEnv, rest: string, ws: string): NodeJS.ProcessEnv {
  return { ...env, TAPEWATCH_SIMULATOR_REST: rest, TAPEWATCH_SIMULATOR_WS: ws };
}

async function makeDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    const message = `The data folder ${dataDir} cannot be made: ${messageOf(error)}. Name another with data_dir or TAPEWATCH_DATA_DIR.`;
    throw new StartError('DATA_UNREADABLE', message, { cause: error });
  }
}

function serverAddress(config: TapewatchConfig, env: NodeJS.ProcessEnv) {
  const adminToken = env['TAPEWATCH_ADMIN_TOKEN'] ?? '';
  return {
    listen: { host: config.server.host, port: config.server.port },
    dataDir: config.dataDir,
    ...(config.server.externalUrl === undefined ? {} : { externalUrl: config.server.externalUrl }),
    ...(config.server.tls === undefined ? {} : { tls: config.server.tls }),
    trustedProxies: config.server.trustedProxies,
    allowPlaintext: config.server.allowPlaintext,
    ...(adminToken === '' ? {} : { adminToken }),
  };
}

function fallbackUrl(config: TapewatchConfig): string {
  const { host, port, tls } = config.server;
  return `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function progressOn(terminal: Terminal): (line: string) => void {
  const style = createStyle(terminal.colours.out);
  return (line) => terminal.out(style.dim(`${line} ...`));
}

function showScreen(options: StartOptions, config: TapewatchConfig, pipeline: Pipeline, server: TapewatchServer): void {
  const { terminal, messages, version, choice, baseDir } = options;
  const loss = pipeline.read.stateLoss();
  const lines = screenLines(
    {
      version,
      exchanges: config.exchanges.map((exchange) => ({ id: exchange.id, symbols: exchange.symbols.length })),
      host: config.host.enabled,
      checks: config.checks.map((check) => check.name),
      rules: pipeline.read
        .rules()
        .reduce((count, { rules }) => count + rules.filter(({ state }) => state !== undefined).length, 0),
      receivers: config.receivers.map((receiver) => receiver.name),
      url: server.url,
      ...(server.signInLink === undefined ? {} : { signInLink: server.signInLink }),
      dataDir: shown(config.dataDir, baseDir),
      destinations: pipeline.read.status().destinations.map((destination) => destination.endpoint),
      demo: choice.demo,
      ...(loss === undefined ? {} : { loss }),
    },
    messages,
    createStyle(terminal.colours.out),
  );
  for (const line of lines) terminal.out(line);
}

/** A path below the current folder as people write it. */
function shown(path: string, baseDir: string): string {
  const below = relative(baseDir, path);
  return below === '' || below.startsWith('..') ? path : `./${below}`;
}
