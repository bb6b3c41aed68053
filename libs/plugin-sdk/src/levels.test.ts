import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkLevels, compileLevels, limits, type Bounds, type LevelledSpec } from './levels.js';
import { levels } from './zod.js';

const number = z.number().optional();
const schema = z.strictObject({
  unit: z.string(),
  ...levels({ above: number, below: number, at_least: number, at_most: number, clear: number }),
});

function issuesOf(spec: Bounds & LevelledSpec, known = limits.slice()): readonly string[] {
  const issues: string[] = [];
  checkLevels(spec, { limits: known, example: 'above: 10' }, (path, message) =>
    issues.push(`${path.join('.')}: ${message}`),
  );
  return issues;
}

describe('levels', () => {
  it('adds the severities to the thresholds, with a time to hold in milliseconds', () => {
    expect(schema.parse({ unit: 's', critical: { above: 2, for: '5s' } })).toEqual({
      unit: 's',
      critical: { above: 2, for: 5000 },
    });
    expect(schema.safeParse({ unit: 's', warning: { over: 2 } }).success).toBe(false);
  });
});

describe('checkLevels', () => {
  it.each([
    { above: 1 },
    { above: 1, clear: 1 },
    { at_most: 1, clear: 1.5 },
    { warning: { above: 1 }, critical: { at_least: 2, clear: 0.5, for: 5000 } },
    { warning: { below: 2 }, critical: { below: 1 } },
  ])('finds nothing wrong with %j', (spec) => {
    expect(issuesOf(spec)).toEqual([]);
  });

  it.each([
    [
      {},
      ': A threshold is missing: add one of above, below, at_least, at_most, as in above: 10, or critical and warning.',
    ],
    [{ above: 1, below: 2 }, 'below: There are 2 thresholds (above, below): keep one'],
    [{ above: 1, clear: 2 }, 'clear: The threshold to clear must be lower than that to fire (above: 1).'],
    [{ below: 1, clear: 0 }, 'clear: The threshold to clear must be higher'],
    [{ at_most: 1, warning: { above: 1 } }, 'at_most: There is a threshold beside warning'],
    [{ clear: 1, warning: { above: 1 }, critical: { above: 2 } }, 'clear: There is a threshold beside warning and'],
    [{ critical: { clear: 1 } }, 'critical: A threshold is missing'],
    [{ warning: { above: 2 }, critical: { above: 2 } }, 'critical.above: The critical threshold must be beyond'],
    [{ warning: { below: 2 }, critical: { above: 3 } }, 'critical.above: The levels look in different directions'],
  ])('says of %j what is wrong, and where', (spec, issue) => {
    const issues = issuesOf(spec);
    expect(issues).toHaveLength(1);
    expect(issues[0]).toContain(issue);
  });

  it('names the only threshold that a kind takes', () => {
    expect(issuesOf({}, ['above'])[0]).toContain('add above, as in above: 10,');
  });
});

describe('compileLevels', () => {
  const compile = ({ above }: Bounds): { promql: string } => ({ promql: `m > ${above ?? 0}` });

  it('makes one rule of a threshold that stands above', () => {
    expect(compileLevels({ above: 1 }, compile)).toEqual({ promql: 'm > 1' });
  });

  it('makes a level of each severity, the worst first', () => {
    const spec = { warning: { above: 1 }, critical: { above: 2, for: 5000 } };
    expect(compileLevels(spec, compile)).toEqual({
      levels: [
        { severity: 'critical', promql: 'm > 2', forMs: 5000 },
        { severity: 'warning', promql: 'm > 1' },
      ],
    });
  });
});
