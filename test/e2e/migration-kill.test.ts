import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inRepository } from '../support/repository.js';
import { scratchFolder } from '../support/scratch.js';

const kills = 20;

describe('kill -9 in the midst of a migration', { timeout: 120_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  beforeAll(async () => {
    folder = await scratchFolder();
  });
  afterAll(() => folder.remove());

  const run = (path: string, target: string) =>
    spawn(process.execPath, [inRepository('test/support/migrate-slowly.mjs'), path, target], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  it(`leaves the state as it was or as it is to be, ${kills} times`, async () => {
    const path = join(folder.path, 'state.db');
    const made = run(path, 'first');
    expect(await once(made, 'exit')).toEqual([0, null]);
    for (let i = 0; i < kills; i++) {
      const child = run(path, 'second');
      await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
      await sleep(Math.random() * 150);
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    const last = run(path, 'second');
    expect(await once(last, 'exit')).toEqual([0, null]);
    const database = new DatabaseSync(path, { readOnly: true });
    expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(database.prepare('select count(*) as count from note where length = length(text)').get()).toEqual({
      count: 20_000,
    });
    database.close();
  });
});
