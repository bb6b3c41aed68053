// A program of somebody else's Go module, built once into the user's cache folder: what the scripts that build one have in common.
import { chmodSync, cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildOnce, cachePlace, executable, isBuilt, run } from './build-once.mjs';

/**
 * Builds `names` (each a command of the module, by the path of its package) and prints the folder they are in; with `--which` among the
 * arguments it only says where the first of them is, and fails when it has not been built. `missing` are files that the build wants and
 * that the module leaves out, as pages which a step of its own makes; they are put there empty.
 */
export async function buildModule({ what, cache, module, version, packages, flags, script, missing = [] }) {
  const names = Object.keys(packages);
  const place = cachePlace(cache, version, flags.join(' '));
  try {
    if (process.argv.includes('--which')) {
      if (!isBuilt(place, names)) throw new Error(`not built yet: run "node scripts/${script}"`);
      process.stdout.write(`${join(place, executable(names[0]))}\n`);
      return;
    }
    const say = (text) => process.stderr.write(`${cache}: ${text}\n`);
    const build = (folder) => buildCopy(folder, { module, version, packages: Object.values(packages), flags, missing });
    if (!isBuilt(place, names)) await buildOnce({ what: `${what} ${version}`, place, names, build, say });
    process.stdout.write(`${place}\n`);
  } catch (error) {
    process.stderr.write(`${cache}: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/** A go.mod with replace directives is none that `go install` takes: a copy of the module is built in place. */
async function buildCopy(folder, { module, version, packages, flags, missing }) {
  const env = { ...process.env, GOWORK: 'off' };
  const answer = await run('go', ['mod', 'download', '-json', `${module}@${version}`], folder, env);
  const source = join(folder, 'source');
  cpSync(JSON.parse(answer).Dir, source, { recursive: true });
  makeWritable(source);
  for (const path of missing.map((name) => join(source, name))) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
  }
  await run('go', ['build', ...flags, '-o', `${folder}/`, ...packages], source, env);
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
