import { describe, expect, it } from 'vitest';
import { displayWidth } from './display-width.js';
import { english } from './messages/english.js';
import { korean } from './messages/korean.js';
import { screenLines } from './screen.js';
import type { ScreenView } from './screen.js';
import { createStyle } from './style.js';

const plain = createStyle(false);
const view: ScreenView = {
  version: '1.2.3',
  exchanges: [{ id: 'binance', symbols: 20 }],
  host: true,
  checks: ['binance', 'api'],
  rules: 17,
  receivers: ['console'],
  url: 'http://127.0.0.1:8080',
  signInLink: 'http://127.0.0.1:8080/sign-in?token=abc',
  dataDir: './data',
  destinations: [],
  demo: true,
};
const full: ScreenView = {
  ...view,
  exchanges: Array.from({ length: 40 }, (_, i) => ({ id: `venue${i}`, symbols: i })),
  checks: Array.from({ length: 40 }, (_, i) => `check${i}`),
};

describe('screenLines', () => {
  it('tells what is watched, where to look, how to sign in, where data lies, how to ship and how to stop', () => {
    expect(screenLines(view, english, plain)).toEqual([
      '',
      'Tapewatch 1.2.3 is running',
      '',
      '  Watching  binance (20 symbols)',
      '            this machine and this process, every second',
      '            health checks: binance, api',
      '            17 alert rules, told to: console',
      '  Open      http://127.0.0.1:8080',
      '  Sign in   http://127.0.0.1:8080/sign-in?token=abc  (works once)',
      '  Data      ./data',
      '  OTLP      not set; set OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 to ship',
      '  Stop      Ctrl-C',
      '',
      '  Demo: about 20 s after the start the ticker feed stalls for 20 s. Watch for ExchangeFeedStale below.',
      '',
    ]);
  });

  it.each([
    ['English', english],
    ['Korean', korean],
  ])('stays within twenty lines in %s, whatever is watched', (_, messages) => {
    const lines = screenLines(full, messages, plain);
    expect(lines.length).toBeLessThanOrEqual(20);
    expect(lines.join('\n')).toContain('venue5');
    expect(lines.join('\n')).not.toContain('venue6 ');
  });

  it('names the destinations, and the token of the environment where there is no link', () => {
    const { signInLink, ...rest } = view;
    expect(signInLink).toBeDefined();
    const text = screenLines({ ...rest, destinations: ['http://collector:4318'], demo: false }, english, plain).join(
      '\n',
    );
    expect(text).toContain('OTLP      http://collector:4318');
    expect(text).toContain('TAPEWATCH_ADMIN_TOKEN');
    expect(text).not.toContain('Demo');
  });

  it('aligns Korean labels by the columns they take', () => {
    const rows = screenLines(view, korean, plain).filter((line) => line.includes('http://127.0.0.1:8080'));
    const columns = rows.map((line) => displayWidth(line.slice(0, line.indexOf('http'))));
    expect(new Set(columns).size).toBe(1);
  });

  it('colours only when asked to', () => {
    expect(screenLines(view, english, plain).join('')).not.toContain('\u001b');
    expect(screenLines(view, english, createStyle(true)).join('')).toContain('\u001b[36m');
  });
});
