import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '@tapewatch/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadConfig } from './load-config.js';

const example = readFileSync(resolve(import.meta.dirname, '../../../config/example.yaml'), 'utf8');
const secret = 'hunter2-in-the-environment';

const fragment = fc.oneof(
  fc.constantFrom(
    ...[
      '${env:SECRET}',
      '${env:NOPE}',
      '${file:s}',
      '${',
      '$${',
      '<<: *x',
      '&x ',
      '*x',
      '!tag ',
      '{',
      '[',
      '}',
      ']',
      ':',
      '-',
    ],
    ...[
      '\t',
      '\n',
      '  ',
      '"',
      "'",
      '|',
      '>',
      '#',
      'null',
      '0',
      '-1',
      '1e99',
      '.nan',
      'true',
      '~',
      '---\n',
      '? ',
      '__proto__: 1\n',
    ],
    ...['receivers:\n  - name: a\n', 'route: {}\n', 'exchanges: {}\n', 'checks: [1, null, {}]\n', '%YAML 9\n'],
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

/** Cuts `length` characters out at a place and puts a fragment there. */
const mutation = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(40), fragment });

function mutate(
  text: string,
  { at, length, fragment: insert }: { at: number; length: number; fragment: string },
): string {
  const start = Math.floor(at * text.length);
  return text.slice(0, start) + insert + text.slice(start + length);
}

describe('loadConfig', () => {
  it('rejects whatever is wrong with a ConfigError whose problems all have a place, and never with a secret in them', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 6 }), async (mutations) => {
        const text = mutations.reduce(mutate, example);
        const options = {
          file: 'm.yaml',
          text,
          env: { SECRET: secret },
          baseDir: '/',
          glob: () => Promise.resolve([]),
        };
        try {
          await loadConfig({ ...options, readFile: () => Promise.resolve(secret) });
        } catch (error) {
          refused++;
          expect(error).toBeInstanceOf(ConfigError);
          const { problems, message } = error as ConfigError;
          expect(problems.length).toBeGreaterThan(0);
          expect(problems.every((problem) => problem.path !== undefined || problem.line !== undefined)).toBe(true);
          expect(message).not.toContain(secret);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(refused).toBeGreaterThan(300);
  }, 60_000);
});
