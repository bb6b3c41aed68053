import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScenario, ScenarioError } from './scenario.js';

function problemsOf(text: string): string[] {
  try {
    parseScenario(text, 'faults.yaml');
  } catch (error) {
    if (error instanceof ScenarioError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('parseScenario', () => {
  it('reads every kind of fault', () => {
    const text = `
faults:
  - { at: 20s, every: 5m, for: 20s, fault: stall, feed: ticker }
  - { at: 0, fault: disconnect }
  - { at: 1h30m, for: 500ms, fault: rest_error, status: 503, body: html }
  - { at: 1s, fault: latency, ms: 250 }
  - { at: 1s, for: 1m, fault: price_jump, symbol: BTC/USDT, ratio: 0.9 }
  - { at: 1s, for: 1m, fault: wide_spread, symbol: ETHUSDT, ratio: 0.05 }
`;
    expect(parseScenario(text, 'faults.yaml').faults).toEqual([
      { at: 20_000, every: 300_000, for: 20_000, fault: 'stall', feed: 'ticker' },
      { at: 0, fault: 'disconnect' },
      { at: 5_400_000, for: 500, fault: 'rest_error', status: 503, body: 'html' },
      { at: 1000, fault: 'latency', ms: 250 },
      { at: 1000, for: 60_000, fault: 'price_jump', symbol: 'BTCUSDT', ratio: 0.9 },
      { at: 1000, for: 60_000, fault: 'wide_spread', symbol: 'ETHUSDT', ratio: 0.05 },
    ]);
  });

  it('reads the demo\u2019s scenario', () => {
    const path = new URL('../../../../config/demo-scenario.yaml', import.meta.url);
    const { faults } = parseScenario(readFileSync(path, 'utf8'), 'demo-scenario.yaml');
    expect(faults).toEqual([{ at: 20_000, every: 300_000, for: 20_000, fault: 'stall', feed: 'ticker' }]);
  });

  it('names line, column and path of all problems at once', () => {
    const text = `faults:
  - at: soon
    fault: stall
  - at: 1s
    fault: rest_error
    status: 99
    colour: red
  - at: 1s
    fault: price_jump
    symbol: FOO/USDT
    ratio: 2
`;
    const problems = problemsOf(text);
    expect(problems[0]).toBe(
      'faults.yaml:2:9 faults[0].at: expected a duration such as 20s, 5m or 1h30m, found "soon"',
    );
    expect(problems).toContain('faults.yaml:6:13 faults[1].status: must be at least 200');
    expect(problems).toContain('faults.yaml:7:13 faults[1].colour: unknown key');
    expect(problems.at(-1)).toMatch(
      /^faults\.yaml:10:13 faults\[2\]\.symbol: unknown symbol "FOO\/USDT"; the venue trades BTC\/USDT,/,
    );
    expect(problems).toHaveLength(4);
  });

  it.each([
    ['faults:\n  - { at: 1s, fault: stal }', 'faults.yaml:2:22 faults[0].fault: expected one of stall, disconnect,'],
    ['faults:\n  - { at: 1s }', 'faults.yaml:2:5 faults[0].fault: expected one of stall, disconnect,'],
    ['faults:\n  - 7', 'faults.yaml:2:5 faults[0]: expected a fault with its keys'],
    ['faults: 7', 'faults.yaml:1:9 faults: expected a list of faults'],
    ['7', 'faults.yaml:1:1: expected a mapping with the key "faults"'],
    ['', 'faults.yaml: expected a mapping with the key "faults"'],
    ['faults:\n  - { fault: stall }', 'faults.yaml:2:5 faults[0].at: expected a duration'],
    [
      'faults:\n  - { at: 1s, every: 5s, fault: stall }',
      'faults.yaml:2:22 faults[0].every: a fault that repeats needs "for"',
    ],
    [
      'faults:\n  - { at: 1s, every: 5s, for: 5s, fault: stall }',
      'faults.yaml:2:31 faults[0].for: must be shorter than "every"',
    ],
    ['faults:\n  - { at: 1s, for: 0s, fault: stall }', 'faults.yaml:2:20 faults[0].for: must be longer than 0'],
    ['faults: [', 'faults.yaml:1:10: '],
    ['faults: *gone', 'faults.yaml'],
  ])('refuses %j by place and reason', (text, start) => {
    expect(problemsOf(text)[0]?.slice(0, start.length)).toBe(start);
  });

  it('meets any text with a scenario or a ScenarioError', () => {
    const anyLine = fc.constantFrom(
      'faults:',
      '  - at: 1s',
      '    fault: stall',
      '  - {',
      '&a *a',
      'ratio: .nan',
      '- - -',
      '? x',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(anyLine).map((lines) => lines.join('\n')),
        ),
        (text) => {
          expect(() => problemsOf(text)).not.toThrow();
        },
      ),
    );
  });
});
