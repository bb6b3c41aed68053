import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { inRepository } from './repository.js';

export interface Simulator {
  readonly rest: string;
  readonly ws: string;
  /** As POST /simulator/faults takes it. */
  fault(fault: Readonly<Record<string, unknown>>): Promise<void>;
  endFaults(): Promise<void>;
  /** When the newest ticker message was sent, milliseconds since the epoch. */
  lastTickerMessageAt(): Promise<number>;
  stop(): Promise<void>;
}

/** The exchange simulator as its own process, on a free port unless told otherwise. */
export async function startSimulator(...args: readonly string[]): Promise<Simulator> {
  const child = spawn(process.execPath, [inRepository('apps/exchange-simulator/dist/main.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { rest, ws } = await listening(child);
  const control = async (path: string, init?: RequestInit): Promise<unknown> => {
    const response = await fetch(`${rest}/simulator/${path}`, init);
    if (!response.ok) throw new Error(`simulator ${path}: ${response.status} ${await response.text()}`);
    return response.json().catch(() => undefined);
  };
  return {
    rest,
    ws,
    fault: async (fault) =>
      void (await control('faults', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(fault),
      })),
    endFaults: async () => void (await control('faults', { method: 'DELETE' })),
    lastTickerMessageAt: async () =>
      ((await control('status')) as { lastMessageAt: { ticker: number } }).lastMessageAt.ticker,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function listening(child: ChildProcess): Promise<{ rest: string; ws: string }> {
  if (child.stdout === null) throw new Error('no stdout');
  for await (const line of createInterface({ input: child.stdout }))
    return JSON.parse(line) as { rest: string; ws: string };
  throw new Error('the simulator ended before it listened');
}
