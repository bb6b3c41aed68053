import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import type { ExitCode } from '../exit-codes.js';
import { english } from '../messages/english.js';
import { RecordingTerminal } from '../testing/recording-terminal.js';
import { addRoutesCommand } from './routes-command.js';

const folder = mkdtempSync(join(tmpdir(), 'routes-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(
  join(folder, 'tapewatch.yaml'),
  `
route:
  receiver: default
  routes:
    - { matchers: ['test=~"[12]"'], receiver: test1, continue: true }
    - { matchers: [test=2], receiver: test2 }
receivers: [{ name: default }, { name: test1 }, { name: test2 }]
`,
);
writeFileSync(
  join(folder, 'wrong.yaml'),
  'route: { receiver: a, routes: [{ matchers: ["="] }] }\nreceivers: [{ name: a }]\n',
);
writeFileSync(
  join(folder, 'alertmanager.yml'),
  'route: { receiver: a, routes: [{ match: { test: 2 }, receiver: b }] }\nreceivers: [{ name: a }, { name: b }]\n',
);
writeFileSync(join(folder, 'imported.yaml'), 'alertmanager_config: alertmanager.yml\n');

async function routes(...args: readonly string[]) {
  const terminal = new RecordingTerminal();
  const program = new Command().exitOverride();
  let code: ExitCode = 0;
  addRoutesCommand(program, {
    ...{ terminal, messages: english, env: {}, baseDir: folder, demoConfig: join(folder, 'tapewatch.yaml') },
    setCode: (result) => (code = result),
  });
  await program.parseAsync(['routes', ...args], { from: 'user' });
  return { code, out: terminal.outLines, error: terminal.errorLines };
}

describe('tapewatch routes', () => {
  it('shows the tree', async () => {
    expect(await routes('show')).toEqual({
      code: 0,
      error: [],
      out: [
        'Routing tree:',
        '.',
        '└── default-route  receiver: default',
        '    ├── {test=~"[12]"}  continue: true  receiver: test1',
        '    └── {test="2"}  receiver: test2',
      ],
    });
  });

  it('tells where an alert goes', async () => {
    expect(await routes('test', 'test=2', 'a=b')).toEqual({ code: 0, error: [], out: ['test1,test2'] });
    expect((await routes('test')).out).toEqual(['default']);
    expect((await routes('test', 'test=2', '-c', 'imported.yaml')).out).toEqual(['b']);
  });

  it('draws the way there', async () => {
    expect((await routes('test', '--tree', 'test=1')).out).toEqual([
      'Matching routes:',
      '.',
      '└── default-route',
      '    └── {test=~"[12]"}  receiver: test1',
      '',
      'test1',
    ]);
  });

  it('fails where the receivers are others than expected', async () => {
    expect((await routes('test', '--verify.receivers', 'test1,test2', 'test=2')).code).toBe(0);
    expect(await routes('test', '--verify.receivers=test1', 'test=2')).toMatchObject({
      code: 1,
      error: ['WARNING: Expected receivers did not match resolved receivers: test1'],
    });
  });

  it.each([
    [['test', 'a!=b'], 'a!=b is no label'],
    [['test', 'a=b', '-c', 'wrong.yaml'], 'wrong.yaml:1:'],
    [['show', '-c', 'none.yaml'], 'none.yaml'],
  ])('says what is wrong with %j', async (args, wanted) => {
    const { code, error } = await routes(...args);
    expect(code).toBe(2);
    expect(error.join('\n')).toContain(wanted);
  });
});
