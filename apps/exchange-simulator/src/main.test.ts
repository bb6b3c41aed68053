import type { ChildProcess } from 'node:child_process';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** Lets Node run the sources as they are: their imports name the files that the build will make. */
const runSources = `import { registerHooks } from 'node:module';
registerHooks({
  resolve: (specifier, context, next) =>
    next(context.parentURL?.endsWith('.ts') ? specifier.replace(/^(\\..*)\\.js$/, '$1.ts') : specifier, context),
});`;
const nodeOptions = ['--no-warnings', '--import', `data:text/javascript,${encodeURIComponent(runSources)}`];

interface Listening {
  readonly event: string;
  readonly rest: string;
  readonly ws: string;
}

describe('the program', () => {
  let folder: string;
  let children: ChildProcess[];

  const run = (...args: string[]) => {
    const child = spawn(process.execPath, [...nodeOptions, main, ...args]);
    children.push(child);
    return child;
  };
  const listening = async (child: ChildProcess): Promise<Listening> => {
    const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    return JSON.parse(line.toString()) as Listening;
  };
  const outcome = async (child: ReturnType<typeof run>): Promise<[unknown, string, string]> => {
    const [exit, out, err] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
    return [exit[0], out, err];
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simulator-main-'));
    children = [];
  });

  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'says where it listens, and ends with 0 on %s, its walk stored',
    async (signal) => {
      const state = join(folder, 'walk.json');
      const child = run('--state', state, '--seed', '9');
      const ended = outcome(child);
      const { event, rest, ws } = await listening(child);
      expect(event).toBe('listening');
      expect(rest).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(ws).toBe(`${rest.replace('http', 'ws')}/stream/ws`);
      expect((await fetch(`${rest}/api/v3/ping`)).status).toBe(200);
      child.kill(signal);
      const [code, out] = await ended;
      expect(code).toBe(0);
      expect(out.trimEnd().split('\n')).toHaveLength(1);
      expect(JSON.parse(await readFile(state, 'utf8'))).toMatchObject({ version: 1, seed: 9 });
    },
  );

  it('ends when the parent that holds its channel is gone', async () => {
    const child = fork(main, { execArgv: nodeOptions, silent: true });
    children.push(child);
    const ended = once(child, 'exit');
    await listening(child);
    child.disconnect();
    expect((await ended)[0]).toBe(0);
  });

  it('leaves a held state alone until its parent says that it may keep it', async () => {
    const state = join(folder, 'walk.json');
    for (const [words, exists] of [
      [[], false],
      [['something else'], false],
      [['keep'], true],
    ] as const) {
      const child = fork(main, ['--state', state, '--hold-state'], { execArgv: nodeOptions, silent: true });
      children.push(child);
      // At once, while the child still loads.
      for (const word of words) child.send(word);
      const ended = once(child, 'exit');
      await listening(child);
      child.kill('SIGTERM');
      expect((await ended)[0]).toBe(0);
      expect([words, existsSync(state)]).toEqual([words, exists]);
    }
  });

  it('refuses a scenario by place and reason', async () => {
    const scenario = join(folder, 'faults.yaml');
    await writeFile(scenario, 'faults:\n  - { at: 1s, fault: latency }\n');
    const [code, out, err] = await outcome(run('--scenario', scenario));
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(`${scenario}:2:5 faults[0].ms: expected a number between 1 and 600000\n`);
  });

  it.each([
    [['--host', '0.0.0.0'], 2, /is not of this machine/],
    [['--scenario', 'missing.yaml'], 2, /the scenario cannot be read: ENOENT/],
    [['--prot', '1'], 2, /--prot/],
    [['--state', 'x.json', '--hold-state'], 2, /IPC channel/],
  ])('ends with a message for %j', async (args, expected, message) => {
    const [code, out, err] = await outcome(run(...args));
    expect([code, out]).toEqual([expected, '']);
    expect(err).toMatch(message);
  });

  it('ends with 1 when its port is taken', async () => {
    const { rest } = await listening(run());
    const [code, , err] = await outcome(run('--port', new URL(rest).port));
    expect(code).toBe(1);
    expect(err).toContain('EADDRINUSE');
  });
});
