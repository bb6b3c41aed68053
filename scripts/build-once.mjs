// Programs that the tests or the user need and that are built with Go: each once, into the user's cache folder.
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const tellEveryMs = 10_000;
const lastLines = 40;

/** The name of a program as this platform has it. */
export function executable(name) {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

/** A folder of the cache for one state of a recipe: whatever goes into a build, given as text or bytes, names it. */
export function cachePlace(name, ...recipe) {
  const hash = createHash('sha256').update(Buffer.concat(recipe.map((part) => Buffer.from(part))));
  const state = `${hash.digest('hex').slice(0, 16)}-${process.platform}-${process.arch}`;
  return join(cacheFolder(), 'tapewatch', name, state);
}

function cacheFolder() {
  if (process.platform === 'win32') return process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
}

/** Whether everything that is wanted has been built. */
export function isBuilt(place, names) {
  return names.every((name) => existsSync(join(place, executable(name))));
}

/**
 * Has `build(folder)` make the programs in a folder of its own, which answers the folder that holds them, and moves them to `place`.
 * Throws with what the failed command said.
 */
export async function buildOnce({ what, place, names, build, say }) {
  const startedMs = performance.now();
  const seconds = () => `${Math.round((performance.now() - startedMs) / 1000)} s`;
  say(`building ${what} with Go; the first time this takes some minutes ...`);
  const timer = setInterval(() => say(`still building, ${seconds()}`), tellEveryMs);
  // Made aside and moved, so that what is there is whole, even when two build at once or one is killed.
  const aside = `${place}.${randomUUID()}`;
  const clean = () => rmSync(aside, { recursive: true, force: true });
  process.once('exit', clean);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop);
  mkdirSync(aside, { recursive: true });
  try {
    const made = await build(aside);
    mkdirSync(place, { recursive: true });
    for (const name of names.map(executable)) renameSync(join(made, name), join(place, name));
  } finally {
    clearInterval(timer);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, stop);
    process.off('exit', clean);
    clean();
  }
  say(`built in ${seconds()}`);
}

function stop() {
  process.exit(1);
}

/** Runs a command to its end and answers what it wrote to standard output. Throws with the last lines of what it said. */
export function run(file, args, cwd, env = process.env) {
  return new Promise((done, failed) => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let written = '';
    let last = '';
    const keep = (chunk) => {
      last = (last + chunk).split('\n').slice(-lastLines).join('\n');
    };
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      written += chunk;
      keep(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', failed);
    child.on('close', (code, signal) => {
      if (code === 0) done(written);
      else failed(new Error(`${file} ${args.join(' ')} failed (${code ?? signal}):\n${last.trimEnd()}`));
    });
  });
}
