import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Program } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.js';
import { until } from '../support/until.js';
import { startWebhook } from '../support/webhook.js';

const disk = await mountSmallDisk(16);

/** Comes and goes every few seconds, by the clock alone. */
const rules = `groups:
  - name: clockwork
    rules:
      - alert: Comes
        expr: vector(time() % 6) < 3
`;

describe('a full disk', { timeout: 180_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let webhook: Awaited<ReturnType<typeof startWebhook>>;
  let program: Program;
  let small: SmallDisk;
  const dataDir = (): string => join(small.path, 'data');
  const config = (): string => `${folder.path}/tapewatch.yaml`;
  const filler = (): string => join(small.path, 'filler');

  beforeEach((context) => {
    if (typeof disk === 'string') context.skip(disk);
  });
  beforeAll(async () => {
    if (typeof disk === 'string') return;
    small = disk;
    [folder, webhook] = await Promise.all([scratchFolder(), startWebhook()]);
    await writeFile(`${folder.path}/rules.yaml`, rules);
    await writeFile(
      config(),
      `shipped_rules: false
host: { enabled: false }
rule_files: [rules.yaml]
receivers: [{ name: ops, webhook_configs: [{ url: '${webhook.url}' }] }]
`,
    );
    program = await start();
  }, 60_000);
  afterAll(async () => {
    if (typeof disk === 'string') return;
    await program?.stop();
    webhook?.stop();
    await folder?.remove();
    await small.remove();
  });

  const start = (): Promise<Program> => Program.start({ dataDir: dataDir(), args: ['start', '--config', config()] });
  const degraded = async (): Promise<readonly string[]> => {
    const answer = await fetch(`${program.url}/readyz`);
    return ((await answer.json()) as { degraded: readonly string[] }).degraded;
  };
  const told = (status: string): number => webhook.deliveries.filter(({ body }) => body.status === status).length;

  it('keeps telling people, says what it cannot keep, and recovers by itself', async () => {
    await until('the first alert', 20_000, () => told('resolved') > 0);
    expect(await degraded()).toEqual([]);
    await fill(filler());

    await until('it says so', 60_000, async () => (await degraded()).includes('alert history cannot be written'));
    const [firing, resolved] = [told('firing'), told('resolved')];
    await until('people are told all the same', 30_000, () => told('firing') > firing && told('resolved') > resolved);
    expect((await fetch(`${program.url}/healthz`)).status).toBe(200);

    await rm(filler());
    await until('it can write again', 15_000, async () => (await degraded()).length === 0);
    const { alertSummary } = await program.graphql<{ alertSummary: { historyTotal: number } }>(
      '{ alertSummary { historyTotal } }',
    );
    // What happened meanwhile was written, too.
    const ids = new Set(webhook.deliveries.flatMap(({ body }) => body.alerts.map(({ id }) => id)));
    expect(alertSummary.historyTotal).toBeGreaterThanOrEqual(ids.size);
    expect(await program.stop()).toEqual({ code: 0, signal: null });
    expect(integrity()).toBe('ok');
  });

  it('is named when the program is to start on it, and the state is as it was after it', async () => {
    await fill(filler());
    const refused = await Program.launch({ dataDir: dataDir(), args: ['start', '--config', config()] });
    expect(await refused.ended).toEqual({ code: 1, signal: null });
    expect(refused.output).toContain('Free some space where the data folder is');
    await rm(filler());
    program = await start();
    expect(await degraded()).toEqual([]);
  });

  function integrity(): unknown {
    const database = new DatabaseSync(join(dataDir(), 'state.db'), { readOnly: true });
    try {
      return database.prepare('pragma integrity_check').get()?.['integrity_check'];
    } finally {
      database.close();
    }
  }
});

/** Writes until nothing more fits. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const size of [1 << 20, 1 << 12, 512])
      for (;;) {
        try {
          await file.appendFile(Buffer.alloc(size, 1));
        } catch (thrown) {
          expect((thrown as NodeJS.ErrnoException).code).toBe('ENOSPC');
          break;
        }
      }
  } finally {
    await file.close();
  }
  expect((await readFile(path)).length).toBeGreaterThan(1 << 20);
}
