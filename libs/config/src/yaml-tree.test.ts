import { describe, expect, it } from 'vitest';
import { readYamlTree } from './yaml-tree.js';
import type { YamlTree } from './yaml-tree.js';

const files: Readonly<Record<string, string>> = { 'token.txt': 's3cret\n', 'lines.txt': 'a\nb\r\n' };

function read(text: string, env: Record<string, string> = {}): Promise<YamlTree> {
  return readYamlTree('t.yaml', text, {
    env,
    readFile: (path) =>
      files[path] === undefined ? Promise.reject(new Error('ENOENT')) : Promise.resolve(files[path]),
  });
}

describe('readYamlTree', () => {
  it('gives plain values, and an empty tree for an empty file', async () => {
    expect((await read('a: 1\nb: [x, { c: true }]')).root).toEqual({ a: 1, b: ['x', { c: true }] });
    expect((await read('# nothing yet\n')).root).toEqual({});
  });

  it('takes a top-level key without a value as absent', async () => {
    expect((await read('checks:\n#  - name: x\nb: 1')).root).toEqual({ b: 1 });
  });

  it('locates keys, list items and, for what is absent, the nearest parent', async () => {
    const { locate } = await read('a:\n  - b: 1\n    c:\n      d: x\n  - e\n');
    expect(locate(['a', 0, 'c', 'd'])).toEqual({ file: 't.yaml', line: 4, column: 7 });
    expect(locate(['a', 1])).toEqual({ file: 't.yaml', line: 5, column: 5 });
    expect(locate(['a', 0, 'c', 'nope', 3])).toMatchObject({ line: 3, column: 5 });
    expect(locate(['zzz'])).toMatchObject({ line: 1, column: 1 });
  });

  it('locates through aliases and merge keys', async () => {
    const { root, locate } = await read('base: &b\n  x: ${env:X}\nuse:\n  <<: *b\n  y: 2\nlist: [*b]\n', { X: '1' });
    expect(root['use']).toEqual({ x: '1', y: 2 });
    expect(locate(['use', 'x'])).toEqual({ file: 't.yaml', line: 2, column: 3, substituted: true });
    expect(locate(['use', 'y'])).toEqual({ file: 't.yaml', line: 5, column: 3 });
    expect(locate(['list', 0, 'x'])).toMatchObject({ line: 2, substituted: true });
  });

  it('replaces references in values, not in keys, and only once', async () => {
    const { root, problems } = await read(
      'a: x${env:A}y${file:token.txt}\n"${env:A}": k\nb: $${env:A}\nc: "${file:lines.txt}"\nd: "${env:A} $$ $"',
      { A: '${env:B}' },
    );
    expect(problems).toEqual([]);
    expect(root).toEqual({ a: 'x${env:B}ys3cret', '${env:A}': 'k', b: '${env:A}', c: 'a\nb', d: '${env:B} $$ $' });
  });

  it('tells every reference that cannot be resolved, with its place', async () => {
    const { problems } = await read('a: ${env:NOPE}\nb:\n  - ${file:gone}\n  - ${FOO}\n  - "${env:X"');
    expect(problems.map(({ code, line, path }) => [code, line, path])).toEqual([
      ['CONFIG_SUBSTITUTION', 1, 'a'],
      ['CONFIG_SUBSTITUTION', 3, 'b[0]'],
      ['CONFIG_SUBSTITUTION', 4, 'b[1]'],
      ['CONFIG_SUBSTITUTION', 5, 'b[2]'],
    ]);
  });

  it.each([
    ['a duplicate key', 'a: 1\na: 2', 2, /unique/],
    ['a broken list', 'a: [1,\nb: 2', 2, /./],
    ['a reference that opens a mapping', 'a: { b: ${env:X} }', 1, /node end/],
    ['a tag', 'a: !secret x', 1, /tags/],
    ['a key that is a list', '? [a]\n: b', 1, /plain text/],
    ['a root that is a list', '- a', 1, /mapping/],
    ['two documents', 'a: 1\n---\nb: 2', 2, /documents/],
    ['a circle of aliases', 'a: &x\n  b: *x', 1, /deeply/],
    ['very deep nesting', `a: ${'['.repeat(20_000)}`, 1, /deeply/],
  ])('tells of %s with its line', async (_, text, line, message) => {
    const { problems, root } = await read(text);
    expect(root).toEqual({});
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]).toMatchObject({ code: 'CONFIG_SYNTAX', line, file: 't.yaml' });
    expect(problems[0]?.message).toMatch(message);
  });

  it('refuses a bomb of aliases and a file that is too large', async () => {
    const bomb = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(',')}]`);
    expect((await read(['a0: &a0 [x]', ...bomb].join('\n'))).problems[0]?.message).toMatch(/alias/);
    expect((await read(`a: ${'x'.repeat(1024 * 1024)}`)).problems[0]?.message).toMatch(/too large/);
  });

  it('never quotes the text in a syntax problem', async () => {
    const { problems } = await read('password: "hunter2\nb: "x" hunter2\n');
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });
});
