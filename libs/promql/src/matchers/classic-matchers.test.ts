import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PromqlError } from '../errors.js';
import { parseClassicMatchers, readMatchers } from './classic-matchers.js';

const told = (matchers: ReturnType<typeof readMatchers>): string[] =>
  matchers.map(({ name, operator, value }) => `${name}${operator}${value}`);

/** Alertmanager's pkg/labels/parse_test.go, TestMatchers. */
describe('parseClassicMatchers', () => {
  it.each<[string, ...string[]]>([
    ['{}'],
    ["{foo='}", "foo='"],
    ['{foo=`}', 'foo=`'],
    ['{foo=\\"}', 'foo="'],
    ['{foo=bar}', 'foo=bar'],
    ['{foo="bar"}', 'foo=bar'],
    ['{foo=~bar.*}', 'foo=~bar.*'],
    ['{foo!~"bar.*"}', 'foo!~bar.*'],
    ['{foo="bar", baz!="quux"}', 'foo=bar', 'baz!=quux'],
    ['{foo="bar",baz!~".*quux", derp="wat"}', 'foo=bar', 'baz!~.*quux', 'derp=wat'],
    ['{foo=""}', 'foo='],
    ['{foo="bar,quux", job="job1"}', 'foo=bar,quux', 'job=job1'],
    ['{foo = "bar", dings != "bums", }', 'foo=bar', 'dings!=bums'],
    ['foo=bar,dings!=bums', 'foo=bar', 'dings!=bums'],
    [
      '{quote="She said: \\"Hi, ladies! That\'s gender-neutral…\\""}',
      'quote=She said: "Hi, ladies! That\'s gender-neutral…"',
    ],
    ['statuscode=~"5.."', 'statuscode=~5..'],
    ['tricky=~~~', 'tricky=~~~'],
    ['trickier==\\\\=\\=\\"', 'trickier==\\=\\="'],
    ['contains_quote != "\\"" , contains_comma !~ "foo,bar" , ', 'contains_quote!="', 'contains_comma!~foo,bar'],
    ['{foo=bar}}', 'foo=bar}'],
    ['{foo=,bar=}}', 'foo=', 'bar=}'],
    ['{foo=bar\\t}', 'foo=bar\\t'],
    ['{foo=bar\\n}', 'foo=bar\n'],
    ['{foo=bar\\}', 'foo=bar\\'],
    ['{foo=bar\\\\}', 'foo=bar\\'],
    ['job=', 'job='],
  ])('reads %j', (text, ...wanted) => expect(told(parseClassicMatchers(text))).toEqual(wanted));

  it.each([
    ',',
    '{,}',
    'job="value',
    'job=value"',
    'trickier==\\\\=\\=\\""',
    'contains_unescaped_quote = foo"bar',
    '{foo=~"invalid[regexp"}',
    '{foo]}',
  ])('refuses %j', (text) => expect(() => parseClassicMatchers(text)).toThrow(PromqlError));
});

describe('readMatchers', () => {
  it('takes what either syntax can read', () => {
    expect(told(readMatchers('"a name"="x", severity=~"a|b"'))).toEqual(['a name=x', 'severity=~a|b']);
    expect(told(readMatchers('instance=~"web\\d+"'))).toEqual(['instance=~web\\d+']);
    expect(told(readMatchers('team=night shift'))).toEqual(['team=night shift']);
  });

  it('takes the classic meaning where the two differ', () => {
    expect(told(readMatchers('foo="a\\tb"'))).toEqual(['foo=a\\tb']);
  });

  it('tells the fault as the newer syntax sees it', () => {
    expect(() => readMatchers('foo')).toThrow('expected "="');
  });

  it('either reads a text or throws a PromqlError', () => {
    const part = fc.constantFrom('a', '=', '~', '!', '"', '\\', ',', '{', '}', ' ', '(', 'n');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        try {
          readMatchers(parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(PromqlError);
        }
      }),
    );
  });
});
