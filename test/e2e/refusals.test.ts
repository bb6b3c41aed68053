import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, Program } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';

describe('what it refuses to start on', { timeout: 60_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let running: Program;
  let config: string;

  beforeAll(async () => {
    folder = await scratchFolder();
    config = `${folder.path}/tapewatch.yaml`;
    await writeFile(config, 'exchanges: []\n');
    running = await Program.start({ dataDir: `${folder.path}/data`, args: ['start', '--config', config] });
  }, 90_000);
  afterAll(async () => {
    await running?.stop();
    await folder?.remove();
  });

  it('a data folder that another process has, by name', async () => {
    const second = await Program.launch({ dataDir: `${folder.path}/data`, args: ['start', '--config', config] });
    expect((await second.ended).code).toBe(1);
    expect(second.output).toContain(`${folder.path}/data`);
    expect(second.output).toContain('DATA_DIR_IN_USE');
  });

  it('a port that is taken, by name', async () => {
    const second = await Program.launch({
      dataDir: `${folder.path}/other`,
      args: ['start', '--config', config],
      port: running.port,
    });
    expect((await second.ended).code).toBe(1);
    expect(second.output).toContain(`127.0.0.1:${running.port}`);
    expect(second.output).toContain('LISTEN_IN_USE');
  });

  it('a config with faults, all of them at once', async () => {
    const bad = `${folder.path}/bad.yaml`;
    await writeFile(
      bad,
      'exchangs: []\nserver: { listen: nowhere }\nchecks:\n  - { name: a, type: htttp, config: {} }\nroute: { receiver: nobody }\nexchanges:\n  - { venue: binanc, symbols: [BTC/USDT] }\n',
    );
    const program = await Program.launch({ dataDir: `${folder.path}/bad`, args: ['check-config', bad] });
    expect((await program.ended).code).toBe(2);
    for (const word of ['exchangs', 'exchanges', 'server.listen', 'nobody', `${bad}:1:1`])
      expect(program.output).toContain(word);
  });

  it('a usage that it does not know', async () => {
    const program = await Program.launch({ dataDir: folder.path, args: ['strat'], port: await freePort() });
    expect((await program.ended).code).toBe(2);
    expect(program.output).toContain('start');
  });
});
