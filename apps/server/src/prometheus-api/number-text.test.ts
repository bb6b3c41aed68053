import { describe, expect, it } from 'vitest';
import { readableLabelName } from './label-name.js';
import { exponentText, sampleText, secondsText } from './number-text.js';

describe('sampleText', () => {
  it.each([
    [0, '0'],
    [-0, '-0'],
    [1e21, '1e+21'],
    [123456789012345680000, '123456789012345680000'],
    [1e-7, '1e-07'],
    [0.000001, '0.000001'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [NaN, 'NaN'],
  ])('writes %d as Prometheus does', (value, text) => {
    expect(sampleText(value)).toBe(text);
  });
});

describe('exponentText', () => {
  it.each([
    [1, '1e+00'],
    [0, '0e+00'],
    [-12.5, '-1.25e+01'],
    [1e100, '1e+100'],
    [Infinity, '+Inf'],
  ])('writes %d with an exponent', (value, text) => {
    expect(exponentText(value)).toBe(text);
  });
});

describe('secondsText', () => {
  it.each([
    [0, '0'],
    [1000, '1'],
    [1500, '1.500'],
    [1001, '1.001'],
    [-1, '-0.001'],
    [-1500, '-1.500'],
  ])('writes %d ms', (ms, text) => {
    expect(secondsText(ms)).toBe(text);
  });
});

describe('readableLabelName', () => {
  it.each([
    ['venue', 'venue'],
    ['U__odd_2e_name', 'odd.name'],
    ['U__a__b', 'a_b'],
    ['U___1F600_', '\u{1F600}'],
    ['U__broken_', 'U__broken_'],
    ['U___FFFFFF_', 'U___FFFFFF_'],
  ])('reads %s', (text, name) => {
    expect(readableLabelName(text)).toBe(name);
  });
});
