import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Notification, SendResult } from '@tapewatch/plugin-sdk';
import {
  hostileNotification,
  httpChannelContract,
  injections,
  sampleNotification,
  testContext,
} from '@tapewatch/plugin-sdk/testing';
import { describe, expect, it } from 'vitest';
import { telegramConfig } from './config.js';
import { formatMessage } from './format.js';
import { markups } from './markup.js';
import { telegramChannel } from './telegram-channel.js';

const token = '123456:s3cret-token';
const sample = sampleNotification();
const [alert] = sample.alerts;
if (alert === undefined) throw new Error('the sample has an alert');

/** Sends to a server that answers as told; gives the result and what the server was asked. */
async function send(status: number, answer: unknown, own: Readonly<Record<string, unknown>> = {}) {
  const seen: { url?: string | undefined; body: Record<string, unknown> }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      seen.push({ url: request.url, body: JSON.parse(body) as Record<string, unknown> });
      response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  try {
    const config = telegramConfig.parse({ bot_token: token, chat_id: -100123, api_url, ...own });
    const result: SendResult = await telegramChannel.send(testContext(), config, sample);
    return { result, seen };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('telegramChannel', () => {
  const contract = httpChannelContract(
    telegramChannel,
    (url) => {
      const { origin, pathname } = new URL(url);
      return telegramConfig.parse({ api_url: origin, bot_token: pathname.slice(1), chat_id: 1 });
    },
    { readable: (body) => markups.HTML.plain((JSON.parse(body) as { text: string }).text) },
  );
  for (const { name, run } of contract) it(name, run);

  it('asks sendMessage of its bot, with what the config says', async () => {
    const { seen } = await send(200, { ok: true }, { message_thread_id: 7, disable_notifications: true });
    expect(seen).toMatchObject([
      {
        url: '/bot123456:s3cret-token/sendMessage',
        body: {
          chat_id: -100123,
          message_thread_id: 7,
          disable_notification: true,
          parse_mode: 'HTML',
          link_preview_options: { is_disabled: true },
        },
      },
    ]);
  });

  it('names no parse_mode for plain text, where nothing is escaped', async () => {
    const { seen } = await send(200, { ok: true }, { parse_mode: '', chat_id: '@ops' });
    expect(seen[0]?.body).toMatchObject({ chat_id: '@ops', text: expect.stringContaining('<b>&"') as string });
    expect(seen[0]?.body).not.toHaveProperty('parse_mode');
  });

  it.each([
    [429, { parameters: { retry_after: 11 } }, { outcome: 'retry', afterMs: 11_000 }],
    [
      400,
      { description: 'Bad Request: chat not found' },
      { outcome: 'rejected', reason: 'Telegram answered 400: Bad Request: chat not found' },
    ],
    [
      403,
      { description: 'Forbidden: bot was blocked by the user' },
      { outcome: 'rejected', reason: 'Telegram answered 403: Forbidden: bot was blocked by the user' },
    ],
    [
      401,
      { description: 'Unauthorized' },
      { outcome: 'rejected', reason: expect.stringContaining('check bot_token') as string },
    ],
    [
      404,
      { description: 'Not Found' },
      { outcome: 'rejected', reason: expect.stringContaining('check bot_token') as string },
    ],
    [
      400,
      { description: 'Bad Request: group chat was upgraded', parameters: { migrate_to_chat_id: -1009 } },
      { outcome: 'rejected', reason: expect.stringContaining('set chat_id: -1009') as string },
    ],
    [502, '<html>Bad Gateway</html>', { outcome: 'retry', reason: 'Telegram answered 502' }],
    [200, 'not json', { outcome: 'sent' }],
    [400, `null`, { outcome: 'rejected', reason: 'Telegram answered 400' }],
    [
      400,
      { description: `no such bot${token}` },
      { outcome: 'rejected', reason: 'Telegram answered 400: no such bot***' },
    ],
  ])('reads %i %j', async (status, answer, expected) => {
    expect((await send(status, answer)).result).toMatchObject(expected);
  });

  it('says which key is wrong and never shows the token', () => {
    const { error } = telegramConfig.safeParse({ bot_token: 7, chat_id: 'ops', parse_mode: 'Markdown' });
    expect(error?.issues.map(({ path }) => path[0])).toEqual(['bot_token', 'chat_id', 'parse_mode']);
    expect(JSON.stringify(telegramConfig.parse({ bot_token: token, chat_id: 1 }))).not.toContain('s3cret');
  });
});

describe('formatMessage', () => {
  it('says what templates say, where there are any and Telegram takes them', () => {
    const told = (message: NonNullable<typeof sample.message>): string =>
      formatMessage({ ...sample, message }, markups.HTML);
    expect(told({ text: '<b>x</b>' })).toBe('<b>x</b>');
    expect(told({ title: 'T', text: 'x' })).toBe('T\nx');
    expect(told({ title: 'T' })).toMatch(/^T\n./);
    expect(told({ text: 'x'.repeat(5_000) })).toBe(formatMessage(sample, markups.HTML));
  });

  it('tells severity, summary, labels, value, since when, and where to look', () => {
    expect(formatMessage({ ...sample, at: sample.at + 21_000 }, markups.HTML)).toBe(
      [
        '🔴 <b>[FIRING:1] critical ExchangeFeedStale (binance, ticker)</b>',
        'binance ticker feed is silent for 12s — 시세가 멈췄습니다 🚨 &lt;b&gt;&amp;&quot;',
        'exchange: <b>binance</b>, feed: <b>ticker</b>',
        'Value: 12',
        'Since: 2026-01-02 03:04:05 UTC (for 21 s)',
        '<a href="http://127.0.0.1:8080/alerts/a1b2c3d4e5f60718">Open alert</a> · <a href="https://example.test/runbook">Runbook</a>',
      ].join('\n'),
    );
  });

  it('speaks Korean, and tells how long a resolved one stood', () => {
    const ended: Notification = {
      ...sample,
      status: 'resolved',
      alerts: [{ ...alert, status: 'resolved', endsAt: alert.startsAt + 125_000, acknowledgedBy: 'jin' }],
    };
    const text = formatMessage(ended, markups[''], 'ko');
    expect(text).toContain('✅ [해소:1] ExchangeFeedStale (binance, ticker)');
    expect(text).toContain('지속 시간: 2분 5초 (2026-01-02 03:04:05 UTC – 2026-01-02 03:06:10 UTC)');
    expect(text).toContain('확인한 사람: jin');
  });

  it('gives each alert of a group its own head', () => {
    const two = { ...sample, alerts: [alert, { ...alert, id: 'b', name: 'Other', status: 'resolved' as const }] };
    const text = formatMessage(two, markups['']);
    expect(text).toMatch(/^🔴 \[FIRING:1, RESOLVED:1\] critical ExchangeFeedStale, Other/);
    expect(text).toContain('\n\n🔴 FIRING critical ExchangeFeedStale\n');
    expect(text).toContain('\n\n✅ RESOLVED Other\n');
  });

  it('says that a test is one', () => {
    const text = formatMessage({ ...sample, test: true }, markups['']);
    expect(text).toMatch(/^🧪 \[TEST\]/);
    expect(text).toContain('Nothing is wrong');
  });

  it.each(['HTML', 'MarkdownV2', ''] as const)(
    'keeps to the limit at the end of an alert in %j, and counts the rest',
    (mode) => {
      const long = {
        ...alert,
        annotations: { summary: '😀<&.'.repeat(200), description: '*'.repeat(2000) },
        labels: { x: '&'.repeat(500) },
      };
      const many = { ...sample, alerts: Array.from({ length: 30 }, (_, i) => ({ ...long, id: `${i}` })) };
      const text = formatMessage(many, markups[mode]);
      expect(markups[mode].plain(text).length).toBeLessThanOrEqual(4096);
      expect(text.isWellFormed()).toBe(true);
      const [, told] = /and (\d+) more$/.exec(text) ?? [];
      expect(Number(told) + text.split('ExchangeFeedStale').length - 2).toBe(30);
      expect(Number(told)).toBeLessThan(30);
    },
  );

  it('leaves no character of markup unescaped in MarkdownV2', () => {
    const text = formatMessage(hostileNotification(), markups.MarkdownV2);
    // What MarkdownV2 may have: escapes, our bold, our links.
    const rest = text
      .replace(/\[(?:\\.|[^\]\\])*\]\((?:\\.|[^)\\])*\)/g, '')
      .replace(/\\[\x21-\x7e]/g, '')
      .replace(/\*/g, '');
    expect(rest).not.toMatch(/[_*[\]()~`>#+\-=|{}.!]/);
    for (const injection of injections.slice(0, 1)) expect(markups.MarkdownV2.plain(text)).toContain(injection);
  });
});
