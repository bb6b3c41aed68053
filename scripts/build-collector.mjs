// Builds the collector of otel-collector/builder.yaml with Go, once for each state of that file and its go.mod, in the user's
// cache folder.
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const manifest = 'otel-collector/builder.yaml';

const recipe = fileURLToPath(new URL('../otel-collector', import.meta.url));
const name = 'tapewatch-collector';
const executable = process.platform === 'win32' ? `${name}.exe` : name;
const tellEveryMs = 10_000;
const lastLines = 40;

/** Where the collector is, if it has been built. */
export function builtCollector() {
  const file = join(place(), executable);
  return existsSync(file) ? file : undefined;
}

/** Builds it and answers where it is; takes minutes the first time. Throws with what the failed command said. */
export async function buildCollector(say) {
  const startedMs = performance.now();
  const seconds = () => `${Math.round((performance.now() - startedMs) / 1000)} s`;
  say(`building the collector of ${manifest} with Go; the first time this takes some minutes ...`);
  const timer = setInterval(() => say(`still building, ${seconds()}`), tellEveryMs);
  // Made aside and moved, so that what is there is whole, even when two build at once or one is killed.
  const aside = `${place()}.${randomUUID()}`;
  const clean = () => rmSync(aside, { recursive: true, force: true });
  process.once('exit', clean);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop);
  mkdirSync(aside, { recursive: true });
  try {
    await buildIn(aside);
    mkdirSync(place(), { recursive: true });
    renameSync(join(aside, name, executable), join(place(), executable));
  } finally {
    clearInterval(timer);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, stop);
    process.off('exit', clean);
    clean();
  }
  say(`built in ${seconds()}`);
  return join(place(), executable);
}

function stop() {
  process.exit(1);
}

async function buildIn(folder) {
  const version = /^ {2}version: (\S+)$/m.exec(readFileSync(join(recipe, 'builder.yaml'), 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${manifest} has no dist.version`);
  const env = { ...process.env, GOBIN: folder };
  await run('go', ['install', `go.opentelemetry.io/collector/cmd/builder@v${version}`], folder, env);
  // The modules are those of go.mod and go.sum, so that two builds are the same one. Without --skip-get-modules the builder
  // would work them out anew and download what only their tests need.
  mkdirSync(join(folder, name));
  for (const file of ['go.mod', 'go.sum']) copyFileSync(join(recipe, file), join(folder, name, file));
  const builder = join(folder, process.platform === 'win32' ? 'builder.exe' : 'builder');
  await run(builder, [`--config=${join(recipe, 'builder.yaml')}`, '--skip-get-modules'], folder, env);
}

/** One folder for each state of what goes into it, which names every version, and platform. */
function place() {
  const files = ['builder.yaml', 'go.mod', 'go.sum'].map((file) => readFileSync(join(recipe, file)));
  const hash = createHash('sha256').update(Buffer.concat(files)).digest('hex').slice(0, 16);
  return join(cacheFolder(), 'tapewatch', 'collector', `${hash}-${process.platform}-${process.arch}`);
}

function cacheFolder() {
  if (process.platform === 'win32') return process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
}

function run(file, args, cwd, env) {
  return new Promise((done, failed) => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).split('\n').slice(-lastLines).join('\n');
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', failed);
    child.on('close', (code, signal) => {
      if (code === 0) done();
      else failed(new Error(`${file} ${args.join(' ')} failed (${code ?? signal}):\n${output.trimEnd()}`));
    });
  });
}
