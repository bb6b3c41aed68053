import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { inRepository } from '../support/repository.js';

const found = spawnSync(process.execPath, [inRepository('scripts', 'build-prometheus.mjs'), '--which'], {
  encoding: 'utf8',
});
const testdata = inRepository('libs', 'rules', 'src', 'unit-test', 'testdata');
const shippedRules = inRepository('config', 'rules');
const testsOfShippedRules = join(shippedRules, 'tests');

function promtool(...args: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(join(dirname(found.stdout.trim()), 'promtool'), args, {
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

function yamlFilesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => join(folder, file));
}

/** `tapewatch test-rules` finds these files right or wrong in the tests of its own room; here the original does the same. */
describe('promtool', () => {
  beforeEach((context) => {
    if (found.status !== 0) context.skip(found.stderr.trim());
  });

  it.each([
    ['alerts', 0],
    ['series', 0],
    ['reach', 0],
    ['start', 0],
    ['templates', 0],
    ['failing', 1],
    ['rule-error', 1],
  ])('comes to the same verdict about %s.test.yaml', (name, verdict) => {
    const { status, said } = promtool('test', 'rules', join(testdata, `${name}.test.yaml`));
    expect(status, said).toBe(verdict);
  });

  it('finds that the shipped rules do what their tests say, to the letter of every annotation', () => {
    const { status, said } = promtool('test', 'rules', ...yamlFilesIn(testsOfShippedRules));
    expect(status, said).toBe(0);
  });

  it('takes the shipped rule files', () => {
    const { status, said } = promtool('check', 'rules', ...yamlFilesIn(shippedRules));
    expect(status, said).toBe(0);
  });
});
