import { describe, expect, it } from 'vitest';
import { describeFound } from './describe-found.js';

describe('describeFound', () => {
  it.each([
    [undefined, undefined],
    [null, 'nothing'],
    [['a'], 'a list'],
    [{ a: 1 }, 'a mapping'],
    [5, '5'],
    ['x', '"x"'],
    ['x'.repeat(99), `"${'x'.repeat(60)}…"`],
    ['http://127.0.0.1:8080/health', '"http://127.0.0.1:8080/health"'],
    ['https://user:pw@host', '<secret>'],
    ['https://host/?key=1', '<secret>'],
    ['https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXX', '<secret>'],
  ])('shows %j as %s', (value, shown) => {
    expect(describeFound(value, ['plain'])).toBe(shown);
  });

  it.each([
    'token',
    'bot_token',
    'password',
    'apiKey',
    'api_key',
    'client-secret',
    'Authorization',
    'headers',
    'privateKey',
  ])('hides what lies under %s', (key) => {
    expect(describeFound('x', ['a', key])).toBe('<secret>');
    expect(describeFound(5, [key, 'b'])).toBe('<secret>');
  });

  it('hides what was substituted', () => {
    expect(describeFound('x', ['plain'], true)).toBe('<secret>');
  });
});
