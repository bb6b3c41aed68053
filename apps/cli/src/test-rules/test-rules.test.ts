import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '@tapewatch/model';
import { testRuleFiles } from '@tapewatch/pipeline';
import { describe, expect, it } from 'vitest';
import { english } from '../messages/english.js';
import { RecordingTerminal } from '../testing/recording-terminal.js';
import { testRules } from './test-rules.js';
import type { TestRulesArguments } from './test-rules.js';

const testdata = resolve(import.meta.dirname, '../../../../libs/rules/src/unit-test/testdata');

async function run(names: readonly string[], args: Partial<TestRulesArguments> = {}) {
  const terminal = new RecordingTerminal();
  const files = names.map((name) => `${testdata}/${name}.test.yaml`);
  const code = await testRules(
    { files, run: [], diff: false, json: false, ...args },
    {
      terminal,
      messages: english,
      runTests: (all, isWanted) => testRuleFiles(all, { clock: systemClock, isWanted }),
    },
  );
  const out = terminal.outLines.join('\n').replaceAll(`${testdata}/`, '');
  return { code, out, error: terminal.errorLines.join('\n') };
}

describe('testRules', () => {
  it('says SUCCESS and ends with 0 when all tests hold', async () => {
    expect(await run(['alerts', 'series'])).toEqual({
      code: 0,
      out: 'Unit Testing: alerts.test.yaml\n  SUCCESS\n\nUnit Testing: series.test.yaml\n  SUCCESS\n',
      error: '',
    });
  });

  it('shows what was expected and what came, and ends with 1', async () => {
    const { code, out } = await run(['failing'], { run: ['says something', 'other labels'] });
    expect(code).toBe(1);
    expect(out).toBe(`Unit Testing: failing.test.yaml
  FAILED:
    name: an alert that says something else, at failing.test.yaml:4:5
      alertname: VenueDown, time: 5m,
        exp: [
          0:
            Labels:{alertname="VenueDown", severity="warning", venue="kraken"}
            Annotations:{summary="kraken is down"}
        ]
        got: [
          0:
            Labels:{alertname="VenueDown", severity="critical", venue="kraken"}
            Annotations:{others="kraken=0 ", summary="kraken is down, says  of "}
        ]
    name: other labels, at failing.test.yaml:21:5
      expr: "m", time: 0s,
        exp: [
          m 1
        ]
        got: [
          m{a="b"} 1
        ]
`);
  });

  it('shows differences line by line, and errors by their reason', async () => {
    expect((await run(['failing'], { diff: true, run: ['^another'] })).out).toContain(
      '        diff (- exp, + got):\n          - m 2\n          + m 1\n',
    );
    expect((await run(['rule-error'])).out).toContain('      rule: clash, time: 2m, err: found duplicate series');
  });

  it('gives JSON', async () => {
    const { code, out } = await run(['failing'], { json: true, run: ['another value'] });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject([
      {
        file: 'failing.test.yaml',
        ok: false,
        tests: [
          {
            name: 'another value',
            failures: [{ kind: 'expression', time: '0s', expected: [{ labels: { __name__: 'm' }, value: 2 }] }],
          },
        ],
      },
    ]);
  });

  it('ends with 2 when a file cannot be used, and runs the others all the same', async () => {
    const { code, out } = await run(['none', 'alerts']);
    expect(code).toBe(2);
    expect(out).toMatch(/none\.test\.yaml: The test file cannot be read: .* \[CONFIG_NOT_FOUND\]/);
    expect(out).toContain('alerts.test.yaml\n  SUCCESS');
  });

  it('finds that the examples of docs/rules.md hold', async () => {
    const doc = await readFile(resolve(testdata, '../../../../../docs/rules.md'), 'utf8');
    const [rules = '', own = '', tests = ''] = [...doc.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
      ([, text]) => text ?? '',
    );
    const folder = await mkdtemp(join(tmpdir(), 'rules-doc-'));
    try {
      await writeFile(join(folder, 'desk.yaml'), rules);
      await writeFile(join(folder, 'own.yaml'), own);
      await writeFile(join(folder, 'test.yaml'), tests.replace('[desk.yaml]', '[desk.yaml, own.yaml]'));
      const [result] = await testRuleFiles([join(folder, 'test.yaml')], { clock: systemClock });
      expect(result).toMatchObject({ problems: [], unmatched: [], tests: [{ failures: [] }] });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('tells when no test has the name, and when --run is no expression', async () => {
    expect(await run(['alerts'], { run: ['^nothing$'] })).toMatchObject({
      code: 0,
      out: expect.stringContaining('no test of this name') as string,
    });
    expect(await run(['alerts'], { run: ['('] })).toMatchObject({
      code: 2,
      error: expect.stringContaining('--run ( is not a regular expression') as string,
    });
  });
});
