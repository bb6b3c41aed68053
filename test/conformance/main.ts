import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tally } from './run-script.js';
import { runScript } from './run-script.js';

const usage = `npm run -s conformance:promql -- DIR_OR_FILE...

Runs scripts of Prometheus' promqltest, of a folder all that end in .test, and counts their cases.
Failures, and why cases are skipped, are told on stderr.
`;

async function scriptsIn(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.test'));
  return files.map((entry) => join(entry.parentPath, entry.name)).sort();
}

function show({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

async function runFile(file: string): Promise<Tally> {
  const report = runScript(await readFile(file, 'utf8'));
  for (const { line, reason } of report.failures) process.stderr.write(`${file}:${line}: ${reason}\n`);
  for (const [feature, lines] of report.skips) {
    process.stderr.write(
      `${file}: skipped for ${feature}: ${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}\n`,
    );
  }
  process.stdout.write(`${file}: ${show(report)}\n`);
  return report;
}

async function main(paths: readonly string[]): Promise<number> {
  if (paths.length === 0) {
    process.stderr.write(usage);
    return 2;
  }
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  const files: string[] = [];
  for (const path of paths) {
    try {
      const found = await scriptsIn(path);
      if (found.length === 0) throw new Error('no script that ends in .test');
      files.push(...found);
    } catch (error) {
      process.stderr.write(`${path}: ${(error as Error).message}\n`);
      return 2;
    }
  }
  for (const file of files) {
    const { passed, failed, skipped } = await runFile(file);
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  process.stdout.write(`${show(total)}\n`);
  return total.failed === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
