import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, Program } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';
import { startWebhook } from '../support/webhook.js';

describe('tapewatch test-channel', { timeout: 60_000 }, () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let webhook: Awaited<ReturnType<typeof startWebhook>>;
  let server: Program;

  beforeAll(async () => {
    [folder, webhook] = await Promise.all([scratchFolder(), startWebhook()]);
    const config = `${folder.path}/tapewatch.yaml`;
    await writeFile(
      config,
      `route: { receiver: ops }
receivers:
  - name: ops
    webhook_configs: [{ url: '${webhook.url}' }]
  - name: away
    webhook_configs: [{ url: 'http://127.0.0.1:${await freePort()}/s3cret' }]
`,
    );
    server = await Program.start({ dataDir: `${folder.path}/data`, args: ['start', '--config', config] });
  }, 90_000);
  afterAll(async () => {
    await server?.stop();
    webhook?.stop();
    await folder?.remove();
  });

  const test = async (name: string, env: Readonly<Record<string, string>> = {}) => {
    const program = await Program.launch({ dataDir: `${folder.path}/data`, args: ['test-channel', name], env });
    return { code: (await program.ended).code, output: program.output.trim() };
  };

  it('has the running server send, and says how long it took', async () => {
    const { code, output } = await test('ops');
    expect(output).toMatch(/^ops: sent in \d+ ms$/);
    expect(code).toBe(0);
    expect(webhook.deliveries.map(({ body }) => body.alerts[0]?.labels['alertname'])).toEqual(['TestNotification']);
  });

  it('fails with the reason, and without the secret in the address', async () => {
    const { code, output } = await test('away');
    expect(output).toMatch(/^away: not sent \(\d+ ms\): ECONNREFUSED$/);
    expect(code).toBe(1);
  });

  it('lists the channels when the name is none, in Korean to a Korean', async () => {
    expect(await test('opps')).toEqual({ code: 2, output: 'No channel is called opps. There are: ops, away' });
    expect((await test('opps', { TAPEWATCH_LANG: 'ko' })).output).toContain('있는 채널: ops, away');
  });
});
