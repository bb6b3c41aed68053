import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { problemsFromSchema } from './problems-from-schema.js';
import { knownKeysOf } from './schema-keys.js';

const schema = z.strictObject({
  url: z.string().min(3),
  level: z.enum(['low', 'high']).optional(),
  nested: z.array(z.union([z.strictObject({ left: z.number() }), z.strictObject({ right: z.number() })])).optional(),
});

function problems(input: unknown) {
  return problemsFromSchema(schema.safeParse(input).error?.issues ?? [], {
    locate: (path) => ({ file: 'f', line: path.length, column: 1 }),
    at: ['checks', 0, 'config'],
    input,
    knownKeys: knownKeysOf(schema),
  });
}

describe('problemsFromSchema', () => {
  it('tells missing, unknown and wrong values with path, place and remedy', () => {
    expect(problems({ ulr: 'x', level: 'hihg' })).toEqual([
      {
        code: 'CONFIG_MISSING',
        message: 'This key is required.',
        file: 'f',
        line: 4,
        column: 1,
        path: 'checks[0].config.url',
        allowed: 'text',
      },
      {
        code: 'CONFIG_INVALID_VALUE',
        message: 'Not one of the allowed values.',
        file: 'f',
        line: 4,
        column: 1,
        path: 'checks[0].config.level',
        found: '"hihg"',
        allowed: 'low, high',
        hint: 'Did you mean "high"?',
      },
      {
        code: 'CONFIG_UNKNOWN_KEY',
        message: 'There is no key "ulr" here.',
        file: 'f',
        line: 4,
        column: 1,
        path: 'checks[0].config.ulr',
        allowed: 'url, level, nested',
        hint: 'Did you mean "url"?',
      },
    ]);
  });

  it('takes issues of any Standard Schema', () => {
    const [problem] = problemsFromSchema([{ message: 'is odd', path: [{ key: 'a' }, 1] }], {
      locate: () => ({ file: 'f', line: 1, column: 2 }),
      at: ['x'],
      input: { a: [0, 3] },
    });
    expect(problem).toMatchObject({ code: 'CONFIG_INVALID_VALUE', message: 'is odd.', path: 'x.a[1]', found: '3' });
  });

  it('finds the keys of a schema behind wrappers, unions and lists', () => {
    expect(knownKeysOf(schema)(['nested', 0])).toEqual(['left', 'right']);
    expect(knownKeysOf({ '~standard': {} })([])).toEqual([]);
  });
});
