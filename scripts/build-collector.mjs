// Builds the collector of otel-collector/builder.yaml with Go, once for each state of that file and its go.mod.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildOnce, cachePlace, executable, isBuilt, run } from './build-once.mjs';

export const manifest = 'otel-collector/builder.yaml';

const recipe = fileURLToPath(new URL('../otel-collector', import.meta.url));
const name = 'tapewatch-collector';

/** Where the collector is, if it has been built. */
export function builtCollector() {
  return isBuilt(place(), [name]) ? join(place(), executable(name)) : undefined;
}

/** Builds it and answers where it is; takes minutes the first time. Throws with what the failed command said. */
export async function buildCollector(say) {
  await buildOnce({ what: `the collector of ${manifest}`, place: place(), names: [name], build: buildIn, say });
  return join(place(), executable(name));
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
  const builder = join(folder, executable('builder'));
  await run(builder, [`--config=${join(recipe, 'builder.yaml')}`, '--skip-get-modules'], folder, env);
  return join(folder, name);
}

/** One folder for each state of what goes into it, which names every version. */
function place() {
  const files = ['builder.yaml', 'go.mod', 'go.sum'].map((file) => readFileSync(join(recipe, file)));
  return cachePlace('collector', ...files);
}
