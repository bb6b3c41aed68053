import { readdirSync, readFileSync } from 'node:fs';
import { functionNames } from '@tapewatch/promql';
import { describe, expect, it } from 'vitest';
import { inRepository } from '../support/repository.js';
import { runScript } from './run-script.js';

const folder = inRepository('test', 'conformance', 'scripts');
const scripts = readdirSync(folder).filter((name) => name.endsWith('.test'));

describe('the scripts of the project', () => {
  it.each(scripts)('%s passes', (name) => {
    const { failures, passed, skips } = runScript(readFileSync(`${folder}/${name}`, 'utf8'));
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThan(0);
    if (name !== 'refused.test') expect([...skips.keys()]).toEqual([]);
  });

  it('call every function and aggregation', () => {
    const texts = scripts.map((name) => readFileSync(`${folder}/${name}`, 'utf8')).join('\n');
    const called = new Set(
      Array.from(texts.matchAll(/([a-z_0-9]+) *(?:(?:by|without) *\([^)]*\) *)?\(/g), ([, n]) => n),
    );
    const aggregations = 'sum avg count min max group stddev stdvar topk bottomk quantile count_values'.split(' ');
    expect([...functionNames, ...aggregations].filter((name) => !called.has(name))).toEqual([]);
  });
});

/** A script with numbers loaded, and below it what is to be told of. */
function run(evals: string): ReturnType<typeof runScript> {
  return runScript(`load 1m\n  m{a="1"} 1 2 3\n  m{a="2"} 2 4 6\n  h {{schema:0 count:1}}x3\n\n${evals}`);
}

function reasons(evals: string): string {
  return run(evals)
    .failures.map(({ line, reason }) => `${line}: ${reason}`)
    .join('\n');
}

describe('the runner of promqltest scripts', () => {
  it('counts what passes, fails and cannot be judged', () => {
    const report = run(
      [
        'eval instant at 1m m{a="1"}\n  m{a="1"} 2',
        'eval instant at 1m m{a="1"}\n  m{a="1"} 3',
        'eval instant at 1m h\n  {} 3',
        'eval instant at 1m info(m)',
      ].join('\n\n'),
    );
    expect(report).toMatchObject({ passed: 1, failed: 1, skipped: 2 });
    expect([...report.skips]).toEqual([
      ['native histograms', [12]],
      ['the experimental function info()', [15]],
    ]);
  });

  it.each([
    ['eval instant at 1m m{a="1"}', 'unexpected m{a="1"} 2'],
    ['eval instant at 1m m{a="1"}\n  m{a="1"} 2\n  m{a="2"} 4', 'missing m{a="2"} 4'],
    ['eval instant at 1m m{a="1"}\n  m{a="1"} 2.00001', 'expected 2.00001 for m{a="1"}, got 2'],
    ['eval instant at 1m 5\n  4', 'expected the scalar 4, got 5'],
    ['eval instant at 1m 5\n  {} 5', 'expected series, got the scalar 5'],
    ['eval instant at 1m m{a="1"}\n  2', 'expected a scalar, got 1 series'],
    ['eval instant at 1m "x"\n  expect string "y"', 'expected the string "y", got "x"'],
    ['eval instant at 1m sort(m)\n  expect ordered\n  m{a="2"} 4\n  m{a="1"} 2', 'is at position 1'],
    ['eval range from 0 to 2m step 1m m{a="1"}\n  m{a="1"} 1 2', 'expected 2 points of m{a="1"}'],
    ['eval range from 0 to 2m step 1m m{a="1"}\n  m{a="1"} 1 2 4', 'expected 4 for m{a="1"} at 120000 ms, got 3'],
    ['eval range from 0 to 1m step 1m m{a="1"}\n  m{a="1"} 1 2 3', 'more points of m{a="1"} than there are steps'],
    ['eval instant at 1m m\n  expect fail', 'expected an error, got a result'],
    ['eval instant at 1m label_replace(m, "a", "", "", "")', 'EvaluationError: vector cannot contain'],
    [
      'eval instant at 1m topk(NaN, m)\n  expect fail msg: other',
      'expected the error other, got Parameter value is NaN',
    ],
    ['eval instant at 1m topk(NaN, m)\n  expect fail regex: ^NaN', 'expected the error ^NaN'],
    ['eval instant at 1m quantile(2, m)\n  expect no_warn\n  {} Inf', 'expected no warning'],
    ['eval instant at 1m quantile(2, m)\n  expect warn msg: x\n  {} Inf', 'expected the warning x, got PromQL warning'],
    ['eval instant at 1m sum(m)\n  expect warn\n  {} 6', 'expected the warning , got none'],
    ['eval instant at 1m sum(rate(m[2m]))\n  expect no_info\n  {} 0.05', 'expected no info'],
    ['eval instant at 1m m +', 'PromqlError: 1:4: parse error: unexpected end of input'],
    ['eval_warn instant at 1m sum(m)\n  {} 6', 'expected the warning'],
    ['eval_fail instant at 1m sum(m)', 'expected an error, got a result'],
    ['eval_fail instant at 1m topk(NaN, m)\n  expected_fail_message other', 'expected the error other'],
  ])('fails %j', (evals, reason) => {
    expect(reasons(evals)).toContain(reason);
    expect(run(evals)).toMatchObject({ passed: 0, failed: 1, skipped: 0 });
  });

  it.each([
    'eval instant at 1m m{a="1"}\n  m{a="1"} 2.0000001',
    'eval instant at 1m NaN\n  NaN',
    'eval instant at 1m quantile(2, m)\n  {} Inf',
    'eval instant at 1m quantile(2, m)\n  expect warn\n  {} Inf',
    'eval instant at 1m quantile(2, m)\n  expect warn msg: PromQL warning: quantile value should be between 0 and 1, got 2\n  {} Inf',
    'eval instant at 1m quantile(2, m)\n  expect warn regex: got 2$\n  {} Inf',
    'eval_ordered instant at 1m sort(m)\n  m{a="1"} 2\n  m{a="2"} 4',
    'eval_fail instant at 1m topk(NaN, m)\n  expected_fail_regexp Param.* NaN',
    'eval_info instant at 1m sum(rate(m[2m]))\n  {} 0.05',
    'EVAL instant at 1m m{a="1"}',
  ])('takes %j as it is meant', (evals) => {
    if (evals.startsWith('EVAL')) expect(reasons(evals)).toContain('expected eval instant');
    else expect(run(evals)).toMatchObject({ passed: 1, failed: 0 });
  });

  it.each([
    ['eval sometime m', 6, 'expected eval instant at TIME QUERY'],
    ['eval instant at soon m', 6, 'expected a duration like 5m, found "soon"'],
    ['eval range from 2m to 1m step 1m m', 6, 'the end 1m is before the start 2m'],
    ['eval instant at 1m m\n  m{a=1} 2', 7, 'parse error'],
    ['eval instant at 1m m\n  m 1 2', 7, 'an instant query gives one value'],
    ['eval instant at 1m m\n  expect nothing', 7, 'expected expect TYPE'],
    ['eval instant at 1m m\n  expect warn regex: (', 7, 'not a regular expression: ('],
    ['eval instant at 1m m\n  expect warn\n  expect no_warn', 8, 'warn and no_warn exclude each other'],
    ['eval instant at 1m "x"\n  expect string x', 7, 'expected a quoted string, found x'],
    ['load often\n  x 1', 6, 'expected a duration'],
    ['load 1m\n  x one', 7, 'parse error'],
    ['load 1m\n  x {{schema:0', 7, 'not closed'],
    ['load 1m\n  x@st -1m', 7, 'no series follows'],
    ['load 1m\n  x@st -1m\n  y 1', 8, 'of another series'],
    ['reload 1m', 6, 'unknown command "reload 1m"'],
  ])('says where %j cannot be read, and goes on', (text, line, reason) => {
    const report = run(`${text}\n\neval instant at 1m 1\n  1`);
    expect(report).toMatchObject({ passed: 1, failed: 1, skipped: 0 });
    expect(report.failures[0]?.line).toBe(line);
    expect(report.failures[0]?.reason).toContain(reason);
  });

  it('asks each instant query again at other times and as a range query', () => {
    // timestamp() of anything but a selector is the time of evaluation, which pinning would change.
    expect(run('eval instant at 2m timestamp(sum(m))\n  {} 120')).toMatchObject({ passed: 1 });
    expect(run('eval instant at 2m sum(m offset 1m)\n  {} 6')).toMatchObject({ passed: 1 });
  });
});
