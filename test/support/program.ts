import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import { inRepository } from './repository.js';
import { until } from './until.js';

export const adminToken = 'test-admin-token-0123456789abcdef';

export interface ProgramOptions {
  readonly dataDir: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly port?: number;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The built program as its user starts it. */
export class Program {
  readonly port: number;
  readonly #child;
  readonly ended: Promise<Ended>;
  #output = '';

  /** Starts it and waits until it says that it is ready. */
  static async start(options: ProgramOptions): Promise<Program> {
    const program = await Program.launch(options);
    let end: Ended | undefined;
    void program.ended.then((ended) => (end = ended));
    await until('ready', 60_000, async () => {
      if (end !== undefined) throw new Error(`it ended (${JSON.stringify(end)}):\n${program.output}`);
      return fetch(`${program.url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
    return program;
  }

  /** Starts it without waiting. */
  static async launch(options: ProgramOptions): Promise<Program> {
    return new Program(options, options.port ?? (await freePort()));
  }

  private constructor(options: ProgramOptions, port: number) {
    this.port = port;
    this.#child = spawn(
      process.execPath,
      ['--max-semi-space-size=8', inRepository('apps/cli/bin/tapewatch.mjs'), ...(options.args ?? ['start'])],
      {
        cwd: options.cwd ?? inRepository(),
        // A group of its own, so that a kill takes children with it, as a terminal's Ctrl-C does.
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...Object.fromEntries(
            Object.entries(process.env).filter(([name]) => !/^(OTEL_|TAPEWATCH_|NODE_OPTIONS|VITEST)/.test(name)),
          ),
          LANG: 'en_US.UTF-8',
          TAPEWATCH_LISTEN: `127.0.0.1:${port}`,
          TAPEWATCH_DATA_DIR: options.dataDir,
          TAPEWATCH_ADMIN_TOKEN: adminToken,
          ...options.env,
        },
      },
    );
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.ended = new Promise((resolve) => this.#child.once('close', (code, signal) => resolve({ code, signal })));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** Everything it has written so far. */
  get output(): string {
    return this.#output;
  }

  async graphql<T>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data?: T; errors?: readonly { message: string }[] };
    if (errors !== undefined || data === undefined)
      throw new Error(`GraphQL ${response.status}: ${errors?.map(({ message }) => message).join('; ') ?? ''}`);
    return data;
  }

  /** An instant PromQL query: label sets and values. */
  async promql(
    query: string,
  ): Promise<readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number | null }[]> {
    const { metric } = await this.graphql<{
      metric: { message?: string; series?: { labels: Record<string, string>; points: { value: number | null }[] }[] };
    }>(
      'query ($query: String!) { metric(query: $query) { ... on MetricResult { series { labels points { value } } } ... on Problem { message } } }',
      { query },
    );
    if (metric.series === undefined) throw new Error(metric.message);
    return metric.series.map(({ labels, points }) => ({ labels, value: points.at(-1)?.value ?? null }));
  }

  /** A client over the WebSocket; dispose of it. */
  subscriptions(): Client {
    return createClient({
      url: `ws://127.0.0.1:${this.port}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${adminToken}` },
      retryAttempts: 0,
    });
  }

  /** To the whole group, as Ctrl-C does. */
  signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // It has ended already.
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<Ended> {
    this.signal(signal);
    return this.ended;
  }

  /** Whether any process of its group is still there. */
  get leftovers(): boolean {
    try {
      process.kill(-this.pid, 0);
      return true;
    } catch {
      return false;
    }
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
