import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';

const found = spawnSync('promtool', ['--version'], { encoding: 'utf8' });
const testdata = join(import.meta.dirname, 'testdata');
const shippedDir = join(import.meta.dirname, '../../../../config/rules');
const folder = mkdtempSync(join(tmpdir(), 'promtool-'));
afterAll(() => rmSync(folder, { recursive: true }));

function promtool(...args: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8', cwd: folder });
  return { status, said: stdout + stderr };
}

/** Before Prometheus 3 a range held the sample at its very beginning, too; a millisecond less leaves it out. */
function withoutTheirFirstSample(rules: string): string {
  return /version 2\./.test(found.stdout)
    ? rules.replace(/\[(\d+)m\]/g, (_, minutes: string) => `[${Number(minutes) * 60_000 - 1}ms]`)
    : rules;
}

/** What our runner finds right, and what it finds wrong, the real one does, too: both are held against the same files. */
describe('promtool', () => {
  beforeEach((context) => {
    if (found.error !== undefined) context.skip('no promtool on this machine (Debian: apt-get install prometheus)');
  });

  it.each([
    ['alerts', 0],
    ['series', 0],
    ['reach', 0],
    ['failing', 1],
    ['rule-error', 1],
  ])('comes to the same verdict about %s.test.yaml', (name, verdict) => {
    const { status, said } = promtool('test', 'rules', join(testdata, `${name}.test.yaml`));
    expect(status, said).toBe(verdict);
  });

  it('finds that the shipped rules do what their tests say, annotations included', () => {
    cpSync(shippedDir, folder, { recursive: true });
    const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
    for (const file of files)
      writeFileSync(join(folder, file), withoutTheirFirstSample(readFileSync(join(folder, file), 'utf8')));
    const tests = readdirSync(join(folder, 'tests')).map((file) => join('tests', file));
    const tested = promtool('test', 'rules', ...tests);
    expect(tested.status, tested.said).toBe(0);
    const checked = promtool('check', 'rules', ...files);
    expect(checked.status, checked.said).toBe(0);
  });
});
