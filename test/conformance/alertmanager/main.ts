import { execFileSync, spawn } from 'node:child_process';
import { chmod, copyFile, cp, readdir, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { findPeer } from '../../support/peer.js';
import { scratchFolder } from '../../support/scratch.js';

/** Of which `scripts/build-alertmanager.mjs` builds amtool. */
const source = 'github.com/prometheus/alertmanager@v0.34.0';
const suites = ['./test/with_api_v2/acceptance', './test/cli/acceptance'];

/** What Tapewatch is not, by names of tests, with the reason; docs/differences.md says more. */
const left: Readonly<Record<string, string>> = {
  Cluster: 'there is one process, and no cluster',
  Prefix: 'there is no --web.route-prefix',
  Classic: 'names are always UTF-8',
  TestColdStart: 'there is no --dispatch.start-delay: state is on disk',
  TestReload: 'a reload does not set the timers of groups back',
  TestAmtoolVersion: 'it tests amtool alone',
};

/**
 * Runs Alertmanager's acceptance tests, as they are, with Tapewatch in its place; arguments are those of `go test`, such as `-run TestRepeat`.
 * Needs Go, and its module proxy or cache. The tests allow for 150 ms, so a machine that has other work fails some of them.
 */
async function main(): Promise<number> {
  const amtool = findPeer('amtool');
  if (amtool.file === undefined) throw new Error(`amtool is needed. ${amtool.reason}`);
  const folder = await scratchFolder();
  try {
    const module = join(folder.path, 'alertmanager');
    const { Dir: files } = JSON.parse(
      execFileSync('go', ['mod', 'download', '-json', source], { encoding: 'utf8' }),
    ) as {
      readonly Dir: string;
    };
    await cp(files, module, { recursive: true });
    await makeWritable(module);
    await copyFile(amtool.file, join(module, 'amtool'));
    const standIn = join(module, 'alertmanager');
    const command = [process.execPath, join(import.meta.dirname, 'stand-in.js')].map((path) => `'${path}'`).join(' ');
    await writeFile(standIn, `#!/bin/sh\nexec ${command} "$@"\n`);
    await chmod(standIn, 0o755);
    return await runTests(module);
  } finally {
    await folder.remove();
  }
}

/** Tells of each test as it ends; gives how many failed. */
async function runTests(module: string): Promise<number> {
  for (const [name, reason] of Object.entries(left)) process.stdout.write(`left out: ${name}: ${reason}\n`);
  const args = [
    '-p',
    '1',
    '-parallel',
    '2',
    '-count=1',
    '-v',
    '-skip',
    Object.keys(left).join('|'),
    ...process.argv.slice(2),
  ];
  const tests = spawn('go', ['test', ...args, ...suites], {
    cwd: module,
    env: { ...process.env, GOFLAGS: '-mod=mod' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number>((resolve) => tests.once('close', (code) => resolve(code ?? 1)));
  const tally = { PASS: 0, FAIL: 0 };
  let said: string[] = [];
  for await (const line of createInterface({ input: tests.stdout })) {
    const [, verdict, name] = /^--- (PASS|FAIL): (\S+)/.exec(line) ?? [];
    if (verdict !== 'PASS' && verdict !== 'FAIL') {
      said.push(line);
      continue;
    }
    tally[verdict]++;
    if (verdict === 'FAIL') process.stderr.write(`${said.join('\n')}\n`);
    process.stdout.write(`${verdict === 'PASS' ? 'passed' : 'failed'}: ${name ?? ''}\n`);
    said = [];
  }
  const code = await ended;
  // What could not even be built says so last.
  if (code !== 0 && tally.FAIL === 0) process.stderr.write(`${said.join('\n')}\n`);
  process.stdout.write(`${tally.PASS} passed, ${tally.FAIL} failed\n`);
  return code;
}

/** The module cache is read-only, and so is a copy of it. */
async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeWritable(path);
    else await chmod(path, 0o644);
  }
}

process.exitCode = await main();
