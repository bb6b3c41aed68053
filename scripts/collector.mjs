// Runs an OpenTelemetry collector with one of the configs in otel-collector/: `npm run collector -- grafana-cloud`.
// Plain JavaScript without dependencies, so that it needs no build; on whatever Node (20 or newer) the machine has.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { basename, delimiter, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCollector, builtCollector, manifest } from './build-collector.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'otel-collector');
const bundled = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml') && !['builder.yaml', 'compose.yaml'].includes(name))
  .map((name) => basename(name, '.yaml'));

const help = `Usage: npm run collector -- [CONFIG] [COLLECTOR'S OPTIONS]

Runs an OpenTelemetry collector that takes what Tapewatch ships (OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318).

CONFIG    ${bundled.join(', ')}, or a file of your own; config when left out.
--which   prints which collector would run CONFIG, and builds none
--build   builds the collector of otel-collector/builder.yaml unless that is done, and prints where it is
--help    this

otel-collector/README.md says which variables each config needs.
`;

/** Something the user has to put right; `code` is the exit code: 1 failed, 2 wrong usage. */
class CollectorError extends Error {
  constructor(message, code = 1) {
    super(message);
    this.code = code;
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`collector: ${error instanceof CollectorError ? error.message : (error.stack ?? error)}\n`);
  process.exitCode = error.code === 2 ? 2 : 1;
}

async function main(args) {
  if (args.includes('--help') || args.includes('-h')) return void process.stdout.write(help);
  if (args.includes('--build')) return void process.stdout.write(`${await build()}\n`);
  const which = args.includes('--which');
  const [first, ...others] = args.filter((argument) => argument !== '--which');
  const named = first !== undefined && !first.startsWith('-');
  const config = configFile(named ? first : 'config');
  const rest = named || first === undefined ? others : [first, ...others];
  if (!which) requireVariables(config);
  const found = onPath(config) ?? builtCollector();
  if (which && found === undefined)
    throw new CollectorError(`there is no collector for ${basename(config)}. ${remedy()}`);
  if (which) return void process.stdout.write(`${found}\n`);
  run(found ?? (await build()), config, rest);
}

function configFile(name) {
  if (bundled.includes(name)) return join(folder, `${name}.yaml`);
  const file = resolve(process.env.INIT_CWD ?? process.cwd(), name);
  if (extname(name) !== '' && existsSync(file)) return file;
  throw new CollectorError(
    `there is no config ${JSON.stringify(name)}. Choose one of ${bundled.join(', ')}, or name a file.`,
    2,
  );
}

/** The collector itself would only complain of what follows from an empty text, one thing at a time. */
function requireVariables(config) {
  const text = readFileSync(config, 'utf8').replace(/^\s*#.*$/gm, '');
  const names = new Set([...text.matchAll(/\$\{env:(\w+)\}/g)].map(([, name]) => name));
  const missing = [...names].filter((name) => (process.env[name] ?? '') === '');
  if (missing.length === 0) return;
  throw new CollectorError(
    `${basename(config)} needs ${missing.join(', ')} in the environment; otel-collector/README.md says what each is.`,
    2,
  );
}

/** An installed collector that knows every component of the config: not every distribution and version has all of them. */
function onPath(config) {
  const extension = process.platform === 'win32' ? '.exe' : '';
  for (const name of ['otelcol-contrib', 'otelcol']) {
    for (const place of (process.env.PATH ?? '').split(delimiter)) {
      const file = join(place, name + extension);
      if (place !== '' && isExecutable(file) && knowsComponents(file, config)) return file;
    }
  }
  return undefined;
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function knowsComponents(file, config) {
  const { stderr, error } = spawnSync(file, ['validate', `--config=${config}`], { cwd: root, encoding: 'utf8' });
  if (error !== undefined) return false;
  const unknown = /unknown type: "?([\w-]+)/.exec(stderr)?.[1];
  if (unknown !== undefined) process.stderr.write(`collector: ${file} does not know ${unknown}; looking for another\n`);
  return unknown === undefined;
}

function remedy() {
  return `Any of these helps:
  - otelcol-contrib on the PATH: https://github.com/open-telemetry/opentelemetry-collector-releases/releases
  - Go 1.21 or newer (https://go.dev/dl), then: npm run collector -- --build
  - Docker: docker compose -f otel-collector/compose.yaml up`;
}

async function build() {
  const done = builtCollector();
  if (done !== undefined) return done;
  if (spawnSync('go', ['version']).status !== 0)
    throw new CollectorError(`there is no collector, and no Go to build one of ${manifest}. ${remedy()}`);
  const say = (text) => process.stderr.write(`collector: ${text}\n`);
  try {
    return await buildCollector(say);
  } catch (error) {
    throw new CollectorError(`${error.message}\n${remedy()}`);
  }
}

function run(file, config, rest) {
  process.stderr.write(`collector: ${file} --config=${config}\n`);
  // The paths in the configs start at the checkout, wherever this is called from.
  const child = spawn(file, [`--config=${config}`, ...rest], { cwd: root, stdio: 'inherit' });
  // Ctrl-C reaches the child through the terminal as well; it takes both for one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`collector: ${file} cannot be run: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => (process.exitCode = code ?? 128 + (osConstants.signals[signal] ?? 0)));
}
