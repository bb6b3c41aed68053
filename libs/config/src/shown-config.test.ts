import { describe, expect, it } from 'vitest';
import { shownConfig } from './shown-config.js';

describe('shownConfig', () => {
  it('keeps what is no secret', () => {
    const text = 'metrics:\n  retention: 1h\nexchanges:\n  - venue: binance\n    rest_url: https://api.binance.com\n';
    expect(shownConfig(text)).toBe(text);
  });

  it.each([
    ['checks: [{ config: { password: hunter2 } }]', 'hunter2'],
    ['checks: [{ config: { url: "postgres://user:hunter2@db/x" } }]', 'hunter2'],
    ['otlp: { destinations: [{ headers: { x-anything: hunter2 } }] }', 'hunter2'],
    ['receivers: [{ webhook_configs: [{ url: "https://hooks.example.com/hunter2" }] }]', 'hunter2'],
    ['receivers: [{ telegram_configs: [{ bot_token: "12:hunter2" }] }]', 'hunter2'],
    ['# the password is hunter2\nlog: { level: info } # hunter2', 'hunter2'],
    ['data_dir: "${env:HUNTER2}/x"', 'HUNTER2'],
  ])('does not show the secret in %s', (text, hidden) => {
    const shown = shownConfig(text);
    expect(shown).not.toContain(hidden);
    if (!text.startsWith('#')) expect(shown).toContain('<secret>');
  });

  it('says where a channel posts to', () => {
    expect(shownConfig('receivers: [{ webhook_configs: [{ url: "https://me:pw@hooks.example.com/a/b" }] }]')).toContain(
      'https://hooks.example.com/<secret>',
    );
  });

  it('takes any text', () => {
    expect(() => shownConfig('a: [b\n\t: {')).not.toThrow();
    expect(shownConfig('')).toBe('null\n');
  });
});
