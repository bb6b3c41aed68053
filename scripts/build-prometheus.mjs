// Builds a real Prometheus and its promtool with Go, for the tests and benchmarks that hold Tapewatch against them.
// Prints the folder they are in; `--which` only says where Prometheus is, and fails when it has not been built.
import { chmodSync, cpSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce, cachePlace, executable, isBuilt, run } from './build-once.mjs';

/** Prometheus 3.14; the module's versions count from 0.300. */
const version = 'v0.314.0';
const names = ['prometheus', 'promtool'];
/** Nothing is discovered, and pages are not looked at. */
const flags = ['-trimpath', '-tags', 'netgo,remove_all_sd', '-ldflags', '-s -w'];
const place = cachePlace('prometheus', version, flags.join(' '));

try {
  if (process.argv.includes('--which')) {
    if (!isBuilt(place, names)) throw new Error('not built yet: run "node scripts/build-prometheus.mjs"');
    process.stdout.write(`${join(place, executable('prometheus'))}\n`);
  } else {
    const say = (text) => process.stderr.write(`prometheus: ${text}\n`);
    if (!isBuilt(place, names)) await buildOnce({ what: `Prometheus ${version}`, place, names, build, say });
    process.stdout.write(`${place}\n`);
  }
} catch (error) {
  process.stderr.write(`prometheus: ${error.message}\n`);
  process.exitCode = 1;
}

/** Its go.mod has replace directives, with which `go install` takes no module: a copy of the module is built in place. */
async function build(folder) {
  const env = { ...process.env, GOWORK: 'off' };
  const answer = await run(
    'go',
    ['mod', 'download', '-json', `github.com/prometheus/prometheus@${version}`],
    folder,
    env,
  );
  const source = join(folder, 'source');
  cpSync(JSON.parse(answer).Dir, source, { recursive: true });
  makeWritable(source);
  await run('go', ['build', ...flags, '-o', `${folder}/`, './cmd/prometheus', './cmd/promtool'], source, env);
  return folder;
}

/** The module cache is read-only, and so is a copy of it, which then could not be removed. */
function makeWritable(folder) {
  chmodSync(folder, 0o755);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) makeWritable(path);
    else chmodSync(path, 0o644);
  }
}
