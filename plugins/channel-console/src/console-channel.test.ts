import { sampleNotification } from '@tapewatch/plugin-sdk/testing';
import { describe, expect, it } from 'vitest';
import { formatNotification } from './format.js';

const firing = sampleNotification();
const [alert] = firing.alerts;
if (alert === undefined) throw new Error('the sample has an alert');

describe('formatNotification', () => {
  it('tells what, how bad, where, since when and what to do', () => {
    expect(formatNotification(firing, false)).toBe(
      [
        '03:04:05Z FIRING critical ExchangeFeedStale: binance ticker feed is silent for 12s — 시세가 멈췄습니다 🚨 <b>&"',
        '    exchange=binance venue=binance feed=ticker value=12 since 03:04:05Z',
        '    runbook https://example.test/runbook',
      ].join('\n'),
    );
  });

  it('tells how long a resolved one stood, without the runbook', () => {
    const resolved = {
      ...firing,
      status: 'resolved' as const,
      at: firing.at + 21_000,
      alerts: [{ ...alert, status: 'resolved' as const, endsAt: firing.at + 21_000 }],
    };
    expect(formatNotification(resolved, false)).toMatch(/^03:04:26Z RESOLVED ExchangeFeedStale: .*\n.* after 21 s$/);
  });

  it('says what templates say, where there are any', () => {
    const told = (message: NonNullable<typeof firing.message>): string =>
      formatNotification({ ...firing, message }, false);
    expect(told({ title: 'T', text: 'one\ntwo' })).toBe('03:04:05Z T\n    one\n    two');
    expect(told({ text: 'one\u001b[2J\ntwo' })).toBe('03:04:05Z one [2J\n    two');
  });

  it('says who has it in hand', () => {
    expect(formatNotification({ ...firing, alerts: [{ ...alert, acknowledgedBy: 'jin' }] }, false)).toContain(
      'acknowledged by jin',
    );
  });

  it('lets no control character of foreign text through to the terminal', () => {
    const evil = {
      ...alert,
      name: 'a\u001b[2Jb',
      annotations: { summary: 'x\u0007\r\ny' },
      labels: { venue: '\u001b]0;title\u0007' },
    };
    const printable = formatNotification({ ...firing, alerts: [evil] }, false)
      .split('\n')
      .join('');
    expect(/\p{Cc}/u.test(printable)).toBe(false);
  });

  it('colours only when it is told to', () => {
    expect(formatNotification(firing, false)).not.toContain('\u001b');
    expect(formatNotification(firing, true)).toContain('\u001b[1;31mFIRING critical\u001b[0m');
  });

  it('tells a report by its key figures and its address', () => {
    const report = {
      id: 'r',
      title: 'Daily report',
      text: 'Alerts: 3\nData: 100%\u001b[2J',
      markdown: '',
      html: '',
      url: 'http://x/reports/r',
    };
    expect(formatNotification({ ...firing, report }, false)).toBe(
      ['03:04:05Z REPORT Daily report', '    Alerts: 3', '    Data: 100% [2J', '    http://x/reports/r'].join('\n'),
    );
  });
});
