import { parse, PromqlError } from '@tapewatch/promql';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';
import { promql } from './promql.js';

async function issuesOf(spec: unknown): Promise<readonly string[]> {
  const result = await promql.spec['~standard'].validate(spec);
  return result.issues?.map(({ message }) => message) ?? [];
}

const env = { intervalMs: 1000 };

function faultOf(expr: string): PromqlError {
  try {
    promql.compile({ expr }, env);
  } catch (error) {
    if (error instanceof PromqlError) return error;
    throw error;
  }
  throw new Error(`${expr} was accepted`);
}

describe('promql', () => {
  it('is the one thing the plugin provides', () => {
    expect(plugin.provides).toEqual([promql]);
  });

  it('hands on the expression as it is written', () => {
    expect(promql.compile({ expr: 'up{job="a"}  ==  0' }, env)).toEqual({ promql: 'up{job="a"}  ==  0' });
  });

  it('takes a scalar', () => {
    expect(promql.compile({ expr: '1' }, env)).toEqual({ promql: '1' });
  });

  it('says where text is not PromQL', () => {
    const { line, column } = faultOf('up ==\n  ==');
    expect({ line, column }).toEqual({ line: 2, column: 3 });
  });

  it('refuses a range vector and says what to put around it', () => {
    expect(faultOf('up[5m]').reason).toContain('avg_over_time');
  });

  it('refuses a string', () => {
    expect(faultOf('"up"').reason).toContain('found a string');
  });

  it('refuses a spec without expr, with an empty one and with fields it does not know', async () => {
    expect(await issuesOf({})).toHaveLength(1);
    expect(await issuesOf({ expr: '' })).toHaveLength(1);
    expect((await issuesOf({ expr: 'up', exprs: 'up' }))[0]).toContain('exprs');
    expect(await issuesOf({ expr: 'up' })).toEqual([]);
  });

  it('accepts or refuses any text, and what it accepts can be parsed', () => {
    fc.assert(
      fc.property(fc.string(), (expr) => {
        try {
          const compiled = promql.compile({ expr }, env);
          expect(compiled).toEqual({ promql: expr });
          parse(expr);
        } catch (error) {
          expect(error).toBeInstanceOf(PromqlError);
        }
      }),
    );
  });
});
