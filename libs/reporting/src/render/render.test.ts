import { languages } from '@tapewatch/model';
import { beforeAll, describe, expect, it } from 'vitest';
import { computeDailyReport } from '../daily/compute-daily-report.js';
import type { DailyReport } from '../daily/daily-report.js';
import type { ReportHead } from '../report.js';
import { busyDay, busySources } from '../testing/busy-day.js';
import { SampledMetrics } from '../testing/sampled-metrics.js';
import { duration, share } from './format.js';
import { escaped, renderMarkdown } from './render-markdown.js';
import { renderHtml } from './render-html.js';
import { reportStyleHash } from './style.js';
import { textsOf } from './texts/texts-of.js';

const head: ReportHead = {
  id: 'daily-2026-11-24-test',
  kind: 'daily',
  from: busyDay.fromMs,
  to: busyDay.toMs,
  createdAt: busyDay.toMs + 300_000,
  completeness: 0.98,
  language: 'en',
};
const hostile = `<script>alert(1)</script>"'|\n[x](javascript:1)`;

describe('a rendered report', () => {
  let report: DailyReport;
  let dangerous: DailyReport;
  let empty: DailyReport;
  beforeAll(async () => {
    report = await computeDailyReport(busySources(), busyDay);
    dangerous = await computeDailyReport(busySources(hostile), busyDay);
    const nothing = {
      ...busySources(),
      metrics: new SampledMetrics(),
      alerts: { firedBetween: () => Promise.resolve([]) },
      health: { changesBetween: () => Promise.resolve([]) },
      notifications: { outcomesBetween: () => Promise.resolve([]) },
      watched: { exchanges: [], components: [] },
    };
    empty = await computeDailyReport(nothing, busyDay);
  });

  it.each(languages)('is the same whenever it is made from the same data (%s)', (language) => {
    const stored = JSON.parse(JSON.stringify(report)) as DailyReport;
    expect(renderHtml(head, stored, language)).toBe(renderHtml(head, report, language));
    expect(renderMarkdown(head, stored, language)).toBe(renderMarkdown(head, report, language));
  });

  it('shows every market, exchange, component, alert and channel in both forms', () => {
    for (const text of [renderHtml(head, report, 'en'), renderMarkdown(head, report, 'en')]) {
      const names = ['BTC/USDT', 'GONE/USDT', 'upbit', 'trading-bot', 'ExchangeDisconnected', 'SpreadWide', 'on-call'];
      for (const name of names) expect(text).toContain(name);
      expect(text).toContain('Daily report, 2026-11-24');
      expect(text).toContain('no data');
    }
  });

  it('draws: strips of alerts and uptime, latency, prices, the host', () => {
    const html = renderHtml(head, report, 'en');
    expect(html.match(/class="severity-critical"/g)).toHaveLength(10);
    expect(html.match(/<svg class="price"/g)).toHaveLength(6);
    expect(html.match(/<path class="line stroke-3"/g)).toHaveLength(3);
    expect(html).toContain('class="status-unhealthy"');
    expect(html).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  it('needs nothing else: no script, no address, no style but the one the policy knows', () => {
    const html = renderHtml(head, report, 'ko');
    expect(html).not.toMatch(/<script|\son\w+=|\sstyle=|(?:src|href)="(?!data:)/);
    expect(html.match(/<style>/g)).toHaveLength(1);
    expect(reportStyleHash).toMatch(/^'sha256-[A-Za-z0-9+/]{43}='$/);
  });

  it('lets nothing that was measured become markup', () => {
    const html = renderHtml(head, dangerous, 'en');
    expect(html).not.toContain('<script>alert');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;');
    const markdown = renderMarkdown(head, dangerous, 'en');
    expect(markdown).not.toMatch(/<script>|\[x\]\(/);
    const widths = markdown
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.replace(/\\./g, '').split('|').length);
    expect(Math.max(...widths)).toBe(12);
    expect(markdown.split('\n').filter((line) => line.includes('javascript') && !/^[|-]/.test(line))).toEqual([]);
  });

  it('does not take a day that nobody saw for a good one', () => {
    const { fromMs } = empty;
    const day = { fromMs, toMs: fromMs + 86_400_000 };
    const unseen = { ...empty, ...day, completeness: 0, unobserved: [day] };
    const markdown = renderMarkdown(head, unseen, 'en');
    expect(markdown).toContain('Nothing fired. (not observed)');
    expect(markdown).toContain('00:00–24:00');
    expect(markdown).not.toMatch(/\| 0 \|/);
  });

  it.each(languages)('says so when there is nothing (%s)', (language) => {
    const texts = textsOf(language);
    for (const text of [renderHtml(head, empty, language), renderMarkdown(head, empty, language)]) {
      for (const said of [texts.alerts.none, texts.exchanges.none, texts.symbols.none]) expect(text).toContain(said);
      expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
    }
  });

  it('is told in Korean', () => {
    expect(renderHtml(head, report, 'ko')).toContain('<html lang="ko">');
    expect(renderMarkdown(head, report, 'ko')).toContain('# 일일 보고서, 2026-11-24');
  });
});

describe('formats', () => {
  const english = textsOf('en');
  it.each([
    [0, '0 ms'],
    [450, '450 ms'],
    [1_500, '1.5 s'],
    [59_400, '59 s'],
    [59_600, '1 min'],
    [125_000, '2 min 5 s'],
    [3_599_900, '1 h'],
    [3_780_000, '1 h 3 min'],
    [90_000_000, '1 d 1 h'],
  ])('write %d ms as %s', (ms, wanted) => {
    expect(duration(ms, english)).toBe(wanted);
  });

  it('never round what is not whole up to the whole', () => {
    expect(share(0.99999)).toBe('99.99%');
    expect(share(1)).toBe('100%');
    expect(share(0.5)).toBe('50%');
  });

  it('leave nothing of Markdown in a text', () => {
    expect(escaped('a|b\nc *d* <e> [f](g) `h` \\')).toBe('a\\|b c \\*d\\* &lt;e&gt; \\[f\\](g) \\`h\\` \\\\');
  });
});
