#!/usr/bin/env node
// The command, committed as it is so that npm can link it before anything is built. It runs the built program on the Node that
// the lockfile pins, whatever Node runs this file (20 or newer).
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const windows = process.platform === 'win32';

if (!existsSync(main)) {
  fail('Tapewatch is not built yet. Run "npm start" or "npm run build" in its folder first.');
} else {
  const node = pinnedNode();
  if (node === undefined) {
    fail('The Node that Tapewatch runs on is not installed. Run "npm ci" (or "npm start") in its folder first.');
  } else if (isThisNode(node)) {
    await import(pathToFileURL(main).href);
  } else {
    runOn(node);
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

/** The executable of one of the per-platform packages, or what npm linked for it. */
function pinnedNode() {
  const require = createRequire(import.meta.url);
  const names = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`];
  if (windows) names.unshift(`node-win-${process.arch}`);
  for (const name of names) {
    try {
      const executable = join(dirname(require.resolve(`${name}/package.json`)), 'bin', windows ? 'node.exe' : 'node');
      if (existsSync(executable)) return executable;
    } catch {
      // not the package of this machine
    }
  }
  const linked = join(root, 'node_modules', '.bin', 'node');
  return !windows && existsSync(linked) ? linked : undefined;
}

function isThisNode(node) {
  if (realpathSync(node) === realpathSync(process.execPath)) return true;
  try {
    const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    return Object.values(optionalDependencies).includes(process.versions.node);
  } catch {
    return false;
  }
}

function runOn(node) {
  // New objects die young here: a quarter of the room that V8 would take for them is enough, and costs no time. `npm start` has it, too.
  const child = spawn(node, ['--max-semi-space-size=8', main, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches the child through the terminal as well; it takes both for one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`The pinned Node cannot be run: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
  });
}
