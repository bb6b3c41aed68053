import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'tapewatch-bin-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A checkout with only what the command looks at; its program says how it was run. */
function checkout(name: string, parts: { built?: boolean; node?: 'this' | 'other' }): string {
  const root = join(folder, name);
  const cli = join(root, 'apps', 'cli');
  for (const path of [join(cli, 'bin'), join(cli, 'dist'), join(root, 'node_modules', '.bin')])
    mkdirSync(path, { recursive: true });
  copyFileSync(resolve(import.meta.dirname, '../bin/tapewatch.mjs'), join(cli, 'bin', 'tapewatch.mjs'));
  writeFileSync(join(root, 'package.json'), JSON.stringify({ optionalDependencies: { 'node-x': '0.0.1' } }));
  const node = join(root, 'node_modules', '.bin', 'node');
  if (parts.node === 'this') symlinkSync(process.execPath, node);
  if (parts.node === 'other') {
    writeFileSync(node, `#!/bin/sh\nPINNED=yes exec "${process.execPath}" "$@"\n`);
    chmodSync(node, 0o755);
  }
  if (parts.built !== false) {
    writeFileSync(
      join(cli, 'dist', 'main.js'),
      `process.on('SIGTERM', () => process.exit(7));
       console.log(JSON.stringify([process.env.PINNED ?? 'no', ...process.argv.slice(2)]));
       if (process.argv.includes('wait')) setInterval(() => {}, 1000); else process.exit(3);`,
    );
  }
  return join(cli, 'bin', 'tapewatch.mjs');
}

function run(bin: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8', env: {} });
  return { status, stdout: stdout.trim(), stderr };
}

describe('bin/tapewatch.mjs', () => {
  it('runs the program in its own process when this is the pinned Node', () => {
    expect(run(checkout('this', { node: 'this' }), 'a')).toMatchObject({ status: 3, stdout: '["no","a"]' });
  });

  it('runs it on the pinned Node otherwise, with arguments and exit code', () => {
    expect(run(checkout('other', { node: 'other' }), 'a', 'b c')).toMatchObject({
      status: 3,
      stdout: '["yes","a","b c"]',
    });
  });

  it('passes signals on', async () => {
    const child = spawn(process.execPath, [checkout('signals', { node: 'other' }), 'wait'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((ready) => createInterface({ input: child.stdout }).once('line', ready));
    const ended = new Promise((exited) => child.once('exit', exited));
    child.kill('SIGTERM');
    expect(await ended).toBe(7);
  });

  it('says what to do when it is not built or not installed', () => {
    expect(run(checkout('unbuilt', { node: 'this', built: false }))).toMatchObject({ status: 1 });
    expect(run(checkout('unbuilt2', { node: 'this', built: false })).stderr).toContain('npm start');
    expect(run(checkout('bare', {})).stderr).toContain('npm ci');
  });
});
