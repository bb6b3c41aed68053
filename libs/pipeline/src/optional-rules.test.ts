import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FakeClock } from '@tapewatch/model/testing';
import { expect, it } from 'vitest';
import { testRuleFiles } from './rule-tests.js';

const folder = join(import.meta.dirname, '../../../config/rules/optional');

it('the rules that come along and are not loaded by themselves pass their tests', async () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.test.yaml'));
  const results = await testRuleFiles(
    files.map((file) => join(folder, file)),
    { clock: new FakeClock() },
  );
  expect(
    results.map(({ problems, unmatched, tests }) => ({
      problems,
      unmatched,
      failures: tests.map(({ failures }) => failures),
    })),
  ).toEqual([{ problems: [], unmatched: [], failures: [[]] }]);
});
