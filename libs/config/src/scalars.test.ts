import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duration, flag, listen, name, parseListen, size, url, wholeNumber } from './scalars.js';

describe('scalars', () => {
  it.each([
    ['0s', 0],
    [0, 0],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['1.5s', undefined],
    ['s', undefined],
    [10, undefined],
    [null, undefined],
  ])('reads the duration %j as %s', (text, ms) => {
    expect(duration().safeParse(text).data).toBe(ms);
  });

  it('keeps durations to their least', () => {
    expect(duration(1_000).safeParse('999ms').success).toBe(false);
    expect(duration(1_000).safeParse('1s').data).toBe(1_000);
    expect(duration().safeParse('100y').success).toBe(true);
    expect(duration().safeParse('99999999d').success).toBe(false);
  });

  it.each([
    ['1B', 1],
    ['2KB', 2_048],
    ['2KiB', 2_048],
    ['1.5 MB', 1_572_864],
    ['1GB', 1_073_741_824],
    ['128', undefined],
    [128, undefined],
    ['-1MB', undefined],
    ['99999999TB', undefined],
  ])('reads the size %j as %s', (text, bytes) => {
    expect(size(1).safeParse(text).data).toBe(bytes);
  });

  it.each([
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['8080', undefined],
    [':8080', undefined],
    ['::1:80', undefined],
    ['a:65536', undefined],
    ['a b:1', undefined],
    ['http://a:1', undefined],
  ])('reads the address %s as %j', (text, address) => {
    expect(listen().safeParse(text).data).toEqual(address);
  });

  it('reads back every address it can be given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.domain()), fc.nat(65_535), (host, port) => {
        expect(parseListen(`${host}:${port}`)).toEqual({ host, port });
      }),
    );
  });

  it.each([
    ['https://a.example/x/', 'https://a.example/x'],
    ['http://127.0.0.1:1', 'http://127.0.0.1:1'],
    ['ftp://a', undefined],
    ['//a', undefined],
    ['', undefined],
    [5, undefined],
  ])('reads the URL %j as %s', (text, result) => {
    expect(url('http', 'https').safeParse(text).data).toBe(result);
  });

  it.each([
    [wholeNumber(1, 10), '7', 7],
    [wholeNumber(1, 10), 1.5, undefined],
    [wholeNumber(1, 10), 11, undefined],
    [flag(), 'true', true],
    [flag(), 'yes', undefined],
    [name(), 'a b/c', 'a b/c'],
    [name(), ' a', undefined],
    [name(), 'a\n', undefined],
  ])('reads %#: %j as %j', (schema, value, result) => {
    expect(schema.safeParse(value).data).toBe(result);
  });
});
