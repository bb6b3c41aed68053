import { open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Program } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';
import { until } from '../support/until.js';

interface AlertNode {
  readonly id: string;
  readonly state: string;
  readonly startsAt: string;
  readonly acknowledgement: { readonly note: string } | null;
  readonly history: readonly { readonly kind: string; readonly at: string }[];
}

const rules = `groups:
  - name: g
    rules:
      - alert: Stands
        expr: vector(1)
      - alert: Waits
        expr: vector(1)
        for: 1h
`;

describe('backup and restore', { timeout: 180_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let program: Program | undefined;
  const file = (name: string): string => join(folder.path, name);

  beforeAll(async () => {
    folder = await scratchFolder();
    await writeFile(file('rules.yaml'), rules);
    await writeFile(
      file('tapewatch.yaml'),
      'shipped_rules: false\nhost: { enabled: false }\nrule_files: [rules.yaml]\n',
    );
    program = await start('data');
  }, 60_000);
  afterAll(async () => {
    program?.signal('SIGKILL');
    await folder.remove();
  });

  const start = (data: string): Promise<Program> =>
    Program.start({ dataDir: file(data), args: ['start', '--config', file('tapewatch.yaml')] });
  const run = async (data: string, ...args: readonly string[]): Promise<{ code: number | null; said: string }> => {
    const command = await Program.launch({ dataDir: file(data), args });
    const { code } = await command.ended;
    return { code, said: command.output };
  };
  const alerts = async (of: Program): Promise<readonly AlertNode[]> => {
    const { alerts: found } = await of.graphql<{ alerts: { edges: { node: AlertNode }[] } }>(
      '{ alerts { edges { node { id state startsAt acknowledgement { note } history { kind at } } } } }',
    );
    return found.edges.map(({ node }) => node);
  };
  const degraded = async (of: Program): Promise<readonly string[]> =>
    ((await (await fetch(`${of.url}/readyz`)).json()) as { degraded: readonly string[] }).degraded;

  let before: readonly AlertNode[];

  it('copies a running server, which is killed, and comes back elsewhere with the same alerts', async () => {
    const first = program as Program;
    const firing = await until('firing', 20_000, async () =>
      (await alerts(first)).find(({ state }) => state === 'FIRING'),
    );
    await first.graphql('mutation ($id: ID!) { acknowledgeAlert(id: $id, note: "mine") { __typename } }', {
      id: firing.id,
    });
    before = await alerts(first);
    const made = await run('data', 'backup', file('backup.tar'));
    expect(made).toMatchObject({
      code: 0,
      said: expect.stringContaining('It holds 2 alerts, 3 alert events') as string,
    });
    // Not a word of progress where nobody looks.
    expect(made.said).not.toContain('\r');
    expect(await run('data', 'restore', file('backup.tar'), '--force')).toMatchObject({
      code: 1,
      said: expect.stringContaining('DATA_DIR_IN_USE') as string,
    });
    first.signal('SIGKILL');
    await first.ended;

    expect(await run('elsewhere', 'restore', file('backup.tar'))).toMatchObject({ code: 0 });
    program = await start('elsewhere');
    expect(await alerts(program)).toEqual(before);
    expect(await degraded(program)).toEqual([]);
    await program.stop();
  });

  it('copies the folder of a server that does not run', async () => {
    expect(await run('data', 'backup', file('backup.tar'))).toMatchObject({ code: 0 });
    expect(await run('data', 'restore', file('backup.tar'), '--verify')).toMatchObject({ code: 0 });
    expect(await run('nothing', 'backup', file('none.tar'))).toMatchObject({
      code: 1,
      said: expect.stringContaining('NOT_FOUND') as string,
    });
    expect((await readdir(folder.path)).filter((name) => /none|partial|check/.test(name))).toEqual([]);
  });

  it('goes on from the newest good backup when the state is damaged, and says so everywhere', async () => {
    program = await start('data');
    await until('a backup', 90_000, async () =>
      (await readdir(file('data/backups')).catch(() => [])).some((name) => name.endsWith('.db')),
    );
    await program.stop();
    await damage(file('data/state.db'));
    program = await start('data');
    const running = program;
    expect(running.output).toContain('STATE LOST');
    expect(await degraded(running)).toEqual([expect.stringContaining('is damaged')]);
    expect(await alerts(running)).toMatchObject(before.map(({ id, startsAt }) => ({ id, startsAt })));
    const lost = await until('measured', 10_000, async () => (await running.promql('tapewatch_state_lost'))[0]);
    expect(lost.value).toBe(1);
    await running.stop();
    expect((await readdir(file('data'))).some((name) => name.startsWith('state.db.damaged-'))).toBe(true);
    program = await start('data');
    expect(await degraded(program)).toEqual([]);
    await program.stop();
  });
});

/** Overwrites some bytes in the middle. */
async function damage(path: string): Promise<void> {
  const { size } = await stat(path);
  const handle = await open(path, 'r+');
  await handle.write(Buffer.alloc(64, 0x5a), 0, 64, Math.floor(size / 2));
  await handle.close();
  expect((await readFile(path)).length).toBe(size);
}
