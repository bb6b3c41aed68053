import { Labels } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { passesAll, Query } from './query.js';

const labels = Labels.of({ foo: 'bar' });
const passes = (...filter: readonly string[]): boolean => passesAll(new Query({ filter }).matchers('filter'), labels);

describe('passesAll', () => {
  // After TestMatchFilterLabels in api/v2/api_test.go of Alertmanager 0.34.
  it.each([
    ['foo="bar"', true],
    ['baz=""', true],
    ['baz="qux"', false],
    ['baz="qux|"', false],
    ['foo=~"bar"', true],
    ['baz=~""', true],
    ['baz=~"qux"', false],
    ['baz=~"qux|"', true],
    ['foo!="bar"', false],
    ['baz!=""', false],
    ['baz!="qux"', true],
    ['baz!="qux|"', true],
    ['foo!~"bar"', false],
    ['baz!~""', false],
    ['baz!~"qux"', true],
    ['baz!~"qux|"', false],
  ])('says of %s what Alertmanager does', (filter, expected) => {
    expect(passes(filter)).toBe(expected);
  });

  it.each([
    ['foo=""', false],
    ['foo!=""', true],
    ['foo=~""', false],
    ['foo!~""', true],
  ])('asks with an empty value whether the label is there: %s', (filter, expected) => {
    expect(passes(filter)).toBe(expected);
  });

  it('wants all of them', () => {
    expect(passes()).toBe(true);
    expect(passes('foo="bar"', 'baz=""')).toBe(true);
    expect(passes('foo="bar"', 'baz!=""')).toBe(false);
  });
});
