import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NotificationAlert } from '../channel.js';
import { sampleNotification } from '../testing/notification.js';
import { summarize } from './summarize.js';

const sample = sampleNotification();
const [alert] = sample.alerts as [NotificationAlert];
const summaryOf = (overrides: Partial<NotificationAlert>) =>
  summarize({ ...sample, alerts: [{ ...alert, ...overrides }] }).alerts[0]!;

describe('summarize', () => {
  it('says in one line how many, how bad, what and where', () => {
    const more = { ...alert, name: 'Other', status: 'resolved' as const };
    expect(summarize(sample).title).toBe('[FIRING:1] critical ExchangeFeedStale (binance, ticker)');
    expect(summarize({ ...sample, alerts: [alert, more, more], commonLabels: {} }).title).toBe(
      '[FIRING:1, RESOLVED:2] critical ExchangeFeedStale, Other',
    );
    const names = ['A', 'B', 'C', 'D', 'E'].map((name) => ({ ...alert, name }));
    expect(summarize({ ...sample, alerts: names, commonLabels: {} }, 'ko').title).toBe(
      '[발생:5] 심각 A, B, C … 외 2건',
    );
  });

  it('marks what ended and what is a test as that, whatever its severity', () => {
    const ended = { ...sample, status: 'resolved' as const, alerts: [{ ...alert, status: 'resolved' as const }] };
    expect([summarize(ended).mark, summarize(ended).severity]).toEqual(['✅', undefined]);
    const test = { ...sample, test: true, alerts: [{ ...alert, annotations: { requested_by: 'jin' } }] };
    expect([summarize(test).mark, summarize(test).alerts[0]?.facts]).toEqual([
      '🧪',
      [{ name: 'Asked for by', value: 'jin' }],
    ]);
  });

  it('leaves out labels that say nothing and a venue that is the exchange', () => {
    const labels = { ...alert.labels, job: 'tapewatch', instance: 'x', empty: '' };
    expect(summaryOf({ labels }).labels).toEqual([
      { name: 'exchange', value: 'binance' },
      { name: 'feed', value: 'ticker' },
    ]);
    expect(summaryOf({ labels: { exchange: 'main', venue: 'binance' } }).labels).toHaveLength(2);
  });

  it.each([
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [0.1 + 0.2, '0.3'],
    [1234567.891, '1234567.89'],
    [143215432, '143215432'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
    [-0.00001234567, '-0.0000123457'],
    [0, '0'],
  ])('prints the value %d as %s', (value, printed) => {
    expect(summaryOf({ value }).facts[0]?.value).toBe(printed);
  });

  it.each([
    [499, '0 s'],
    [59_600, '1 min'],
    [3_725_000, '1 h 2 min'],
    [7 * 86_400_000 + 60_000, '7 d'],
    [-5, '0 s'],
  ])('prints %i ms as %s', (ms, printed) => {
    const { facts } = summaryOf({ status: 'resolved', endsAt: alert.startsAt + ms });
    expect(facts[1]?.value.startsWith(`${printed} (`)).toBe(true);
  });

  it('says the key figures of a report, and where it is, in place of the alert that stands in for it', () => {
    const report = {
      id: 'r',
      title: 'Daily report, 2026-11-24',
      text: 'Alerts: 3\nData: 100%',
      markdown: '',
      html: '',
      url: 'https://x.test/reports/r',
    };
    const { title, mark, alerts } = summarize({ ...sample, report }, 'ko');
    expect([title, mark]).toEqual(['Daily report, 2026-11-24', '📊']);
    expect(alerts).toMatchObject([
      {
        status: '보고서',
        description: 'Alerts: 3\nData: 100%',
        labels: [],
        links: [{ text: '보고서 열기', url: 'https://x.test/reports/r' }],
      },
    ]);
  });

  it('links to http(s) only', () => {
    expect(summaryOf({ url: 'javascript:alert(1)', runbookUrl: 'not a url' }).links).toEqual([]);
  });

  it('speaks the language of the notification unless the channel knows better', () => {
    expect(summarize({ ...sample, language: 'ko' }).language).toBe('ko');
    expect(summarize({ ...sample, language: 'ko' }, 'en').words.firing).toBe('FIRING');
  });

  it('makes text of any alert that is well-formed, without control characters, and bounded', () => {
    const text = fc.string({ unit: 'binary', maxLength: 2000 });
    const record = fc.dictionary(text, text, { maxKeys: 30 });
    fc.assert(
      fc.property(text, record, text, text, fc.double(), fc.integer(), (name, labels, summary, by, value, endsAt) => {
        const hostile = {
          ...alert,
          name,
          labels,
          annotations: { summary, description: summary },
          acknowledgedBy: by,
          value,
          endsAt,
        };
        const { title, alerts } = summarize({ ...sample, alerts: [hostile], commonLabels: labels });
        const [told] = alerts;
        if (told === undefined) throw new Error('an alert is missing');
        const facts = [...told.labels, ...told.facts].flatMap((fact) => [fact.name, fact.value]);
        const lines = [title, told.name, told.summary, ...facts];
        for (const line of lines) expect(line).toMatch(/^\P{Cc}*$/u);
        expect([...lines, told.description].every((line) => line.isWellFormed())).toBe(true);
        expect([...lines, told.description].join('').length).toBeLessThan(3600);
      }),
    );
  });
});
