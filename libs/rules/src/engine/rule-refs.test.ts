import { describe, expect, it } from 'vitest';
import { loadRuleFiles } from '../rule-file/load-rule-files.js';
import { promqlKind } from '../testing/promql-kind.js';
import { ruleRefs } from './rule-refs.js';

const rule = (name: string, labels: string): string =>
  `      - { alert: ${name}, expr: up == 0, labels: { ${labels} } }\n`;

describe('ruleRefs', () => {
  it('numbers rules that are alike, and no others', async () => {
    const rules = [
      rule('A', 'a: x'),
      rule('A', 'a: y'),
      rule('A', "a: x, b: '{{ $value }}'"),
      rule('B', 'a: x'),
      rule('A', 'a: x'),
    ];
    const text = `groups:\n  - name: g\n    rules:\n${rules.join('')}`;
    const [group] = await loadRuleFiles(
      ['/etc/rules/host.yaml'],
      () => promqlKind,
      () => Promise.resolve(text),
    );
    if (group === undefined) throw new Error('no group');
    expect(ruleRefs(group)).toEqual(['A', 'A', 'A#2', 'B', 'A#3'].map((name) => ({ group: 'host.yaml;g', name })));
  });
});
