// Writes otel-collector/grafana/dashboards from their descriptions in otel-collector/dashboards; with --check, tells whether
// that would change anything instead (exit code 1).
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pipeline } from '../otel-collector/dashboards/pipeline.mjs';
import { system } from '../otel-collector/dashboards/system.mjs';
import { trading } from '../otel-collector/dashboards/trading.mjs';

const folder = fileURLToPath(new URL('../otel-collector/grafana/dashboards', import.meta.url));
const wanted = new Map(
  Object.entries({ system, trading, pipeline }).map(([name, model]) => [
    `${name}.json`,
    `${JSON.stringify(model, null, 2)}\n`,
  ]),
);

mkdirSync(folder, { recursive: true });
const there = new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
const changed = [...wanted].filter(([file, text]) => there.get(file) !== text).map(([file]) => file);
const surplus = [...there.keys()].filter((file) => !wanted.has(file));

if (process.argv.includes('--check')) {
  for (const file of [...changed, ...surplus])
    process.stderr.write(`${join(folder, file)} is not what its description says: node scripts/dashboards.mjs\n`);
  process.exitCode = changed.length + surplus.length > 0 ? 1 : 0;
} else {
  for (const file of changed) writeFileSync(join(folder, file), wanted.get(file));
  for (const file of surplus) rmSync(join(folder, file));
  process.stdout.write(`${wanted.size} dashboards, ${changed.length} written, ${surplus.length} removed\n`);
}
