import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@tapewatch/model/testing';
import { testRuleFiles } from '@tapewatch/pipeline';
import { beforeEach, describe, expect, it } from 'vitest';
import { findPeer } from '../support/peer.js';
import { inRepository } from '../support/repository.js';

const found = findPeer('promtool');
const testdata = inRepository('libs', 'rules', 'src', 'unit-test', 'testdata');
const shippedRules = inRepository('config', 'rules');
const testsOfShippedRules = join(shippedRules, 'tests');

function promtool(...args: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(found.file as string, args, { encoding: 'utf8' });
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
    if (found.file === undefined) context.skip(found.reason);
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

  it.each([
    ['limit: -1', true],
    ['interval: 1d12h', true],
    ['interval: 90', false],
    ['query_offset: 2m', true],
    ['partial_response_strategy: warn', false],
    ['labels: { team: desk }', true],
    ['labels: { "a b.c": desk }', true],
    ['labels: { __name__: desk }', false],
    ['rules: []', true],
    ['rules:', true],
    ['rules: [{ alert: A, expr: m > 1 }]', true],
    ['rules: [{ alert: A, expr: 1 }]', true],
    ['rules: [{ alert: A }]', false],
    ['rules: [{ expr: m }]', false],
    ['rules: [{ record: r, expr: m, for: 1m }]', false],
    ['rules: [{ record: r, expr: m, keep_firing_for: 1m }]', false],
    ['rules: [{ record: r, expr: m, annotations: { a: b } }]', false],
    ['rules: [{ record: "r{a=\'b\'}", expr: m }]', false],
    ['rules: [{ record: "a b", expr: m }]', true],
    ['rules: [{ record: r, alert: A, expr: m }]', false],
    ['rules: [{ alert: A, expr: m, for: 0 }]', true],
    ['rules: [{ alert: A, expr: m, for: -1m }]', false],
    ['rules: [{ alert: A, expr: m, labels: { a: "{{ $value }}" } }]', true],
    ['rules: [{ alert: A, expr: m, labels: { a: "{{ $valu }}" } }]', false],
    ['rules: [{ alert: A, expr: m, annotations: { a: "{{ range query `up` }}{{ . }}{{ end }}" } }]', true],
    ['rules: [{ alert: A, expr: m, annotations: { a: "{{ if }}" } }]', false],
    ['rules: [{ alert: A, expr: m, no_data: keep }]', false],
    ['rules: [{ alert: &name A, expr: m }, { alert: *name, expr: n }]', true],
  ])('and the loader come to the same verdict about a group with %s', async (fields, verdict) => {
    const folder = mkdtempSync(join(tmpdir(), 'rules-'));
    try {
      const file = join(folder, 'rules.yaml');
      const test = join(folder, 'test.yaml');
      writeFileSync(file, `groups:\n  - name: g\n    ${fields}\n`);
      writeFileSync(test, 'rule_files: [rules.yaml]\n');
      const { status, said } = promtool('check', 'rules', '--lint=none', file);
      expect(status === 0, said).toBe(verdict);
      const [{ problems } = { problems: [] }] = await testRuleFiles([test], { clock: new FakeClock(0) });
      expect(problems.length === 0, JSON.stringify(problems)).toBe(verdict);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
