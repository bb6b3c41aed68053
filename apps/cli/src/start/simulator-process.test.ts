import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartError, systemClock } from '@tapewatch/model';
import { RecordingLogger } from '@tapewatch/model/testing';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { SimulatorProcess } from './simulator-process.js';

const folder = mkdtempSync(join(tmpdir(), 'simulator-process-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Stands in for the simulator: listens on nothing, but speaks its line protocol and obeys its signals. */
const speaks = `
  import { appendFileSync } from 'node:fs';
  const value = (name) => process.argv[process.argv.indexOf(name) + 1];
  appendFileSync(value('--state'), JSON.stringify({ pid: process.pid, port: value('--port'), held: process.argv.includes('--hold-state') }) + '\\n');
  process.on('message', (message) => console.error('told', message));
  process.on('SIGTERM', () => process.exit(0));
  process.on('disconnect', () => process.exit(0));
  console.error('hello from', value('--scenario'));
  console.log('not JSON');
  console.log(JSON.stringify({ event: 'listening', rest: 'http://127.0.0.1:4711', ws: 'ws://127.0.0.1:4711/ws' }));
  setInterval(() => {}, 1000);
`;

function module(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function options(modulePath: string) {
  const logger = new RecordingLogger();
  const statePath = `${modulePath}.state`;
  return { logger, statePath, modulePath, scenarioPath: 's.yaml', clock: systemClock, random: () => 0 };
}

function starts(statePath: string): readonly { pid: number; port: string; held: boolean }[] {
  const lines = readFileSync(statePath, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as { pid: number; port: string; held: boolean });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('SimulatorProcess', () => {
  it('starts, tells its addresses, passes its words to the log and ends it', async () => {
    const own = options(module('speaks.mjs', speaks));
    const { process: simulator, address } = await SimulatorProcess.start(own);
    expect(address).toEqual({ rest: 'http://127.0.0.1:4711', ws: 'ws://127.0.0.1:4711/ws' });
    await vi.waitFor(() => expect(own.logger.lines[0]?.fields).toEqual({ simulator: 'hello from s.yaml' }));
    await simulator.stop();
    await simulator.stop();
    expect(starts(own.statePath).map(({ pid, port }) => [isAlive(pid), port])).toEqual([[false, '0']]);
  });

  it('starts it again on the same port when it dies', async () => {
    const own = options(module('dies.mjs', speaks));
    const { process: simulator } = await SimulatorProcess.start(own);
    const [first] = starts(own.statePath);
    process.kill(first?.pid ?? 0, 'SIGKILL');
    await vi.waitFor(() => expect(starts(own.statePath)).toHaveLength(2), { timeout: 10_000 });
    expect(starts(own.statePath)[1]?.port).toBe('4711');
    await simulator.stop();
    expect(starts(own.statePath).filter(({ pid }) => isAlive(pid))).toEqual([]);
  });

  it('lets it write its state once told so, also when it was started again', async () => {
    const own = options(module('keeps.mjs', speaks));
    const { process: simulator } = await SimulatorProcess.start(own);
    expect(starts(own.statePath).map(({ held }) => held)).toEqual([true]);
    simulator.keepState();
    await vi.waitFor(() => expect(own.logger.lines.map(({ fields }) => fields['simulator'])).toContain('told keep'));
    process.kill(starts(own.statePath)[0]?.pid ?? 0, 'SIGKILL');
    await vi.waitFor(() => expect(starts(own.statePath)).toHaveLength(2), { timeout: 10_000 });
    expect(starts(own.statePath)[1]?.held).toBe(false);
    await simulator.stop();
  });

  it('rejects with its last words when it does not start', async () => {
    const own = options(module('fails.mjs', "console.error('no such scenario'); process.exit(2);"));
    const starting = SimulatorProcess.start(own);
    await expect(starting).rejects.toBeInstanceOf(StartError);
    await expect(starting).rejects.toThrow('no such scenario');
  });

  it('ends one that does not obey', async () => {
    const deaf = speaks.replace("process.on('SIGTERM', () => process.exit(0));", "process.on('SIGTERM', () => {});");
    const own = options(module('deaf.mjs', deaf));
    const { process: simulator } = await SimulatorProcess.start(own);
    await simulator.stop();
    expect(starts(own.statePath).filter(({ pid }) => isAlive(pid))).toEqual([]);
  });
});
