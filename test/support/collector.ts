import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from './program.js';
import { inRepository } from './repository.js';
import { until } from './until.js';

const script = inRepository('scripts', 'collector.mjs');

export interface FoundCollector {
  /** Undefined when this machine has none. */
  readonly file: string | undefined;
  /** Why not, and what to do about it. */
  readonly reason: string;
}

/** The collector that `npm run collector` would run the config with, if it has not to be built first. */
export function findCollector(config: string): FoundCollector {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--which', config], { encoding: 'utf8' });
  return status === 0 ? { file: stdout.trim(), reason: '' } : { file: undefined, reason: stderr.trim() };
}

export interface CollectorOptions {
  /** As `npm run collector` takes it. */
  readonly config: string;
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where an earlier one listened. */
  readonly port?: number;
}

export interface RunningCollector {
  readonly port: number;
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  /** What the config shows to a Prometheus, if it does. */
  readonly prometheusUrl: string;
  readonly output: () => string;
  /** Ends it and all that it started; answers with its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** A collector as its user starts it, on free ports, when it takes what is shipped. */
export async function startCollector(options: CollectorOptions): Promise<RunningCollector> {
  const port = options.port ?? (await freePort());
  const prometheus = await freePort();
  const child = spawn(process.execPath, [script, options.config], {
    // A group of its own, so that a kill takes the collector with the script.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      COLLECTOR_OTLP_ENDPOINT: `127.0.0.1:${port}`,
      COLLECTOR_PROMETHEUS_ENDPOINT: `127.0.0.1:${prometheus}`,
      COLLECTOR_DATA_DIR: options.dataDir,
      ...options.env,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await until('the collector listens', 30_000, () => {
    if (child.exitCode !== null) throw new Error(`the collector ended (${child.exitCode}):\n${output}`);
    return accepts(port);
  });
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    prometheusUrl: `http://127.0.0.1:${prometheus}/metrics`,
    output: () => output,
    stop: (signal = 'SIGINT') => stop(child, signal),
  };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.pid === undefined) return child.exitCode;
  const closed = once(child, 'close');
  process.kill(-child.pid, signal);
  await closed;
  return child.exitCode;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
