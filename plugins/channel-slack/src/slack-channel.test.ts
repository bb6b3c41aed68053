import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  hostileNotification,
  httpChannelContract,
  sampleNotification,
  testContext,
} from '@tapewatch/plugin-sdk/testing';
import { describe, expect, it } from 'vitest';
import { slackConfig } from './config.js';
import { formatMessage } from './format.js';
import { slackChannel } from './slack-channel.js';

const sample = sampleNotification();
const [alert] = sample.alerts;
if (alert === undefined) throw new Error('the sample has an alert');

const token = 'xoxb-s3cret';

interface Seen {
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

async function send(answer: { status?: number; body: string; headers?: Record<string, string> }, webhook: boolean) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      seen.push({ headers: request.headers, body: JSON.parse(body) as Record<string, unknown> });
      response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const own = webhook
    ? { api_url: `${url}/services/T0/B0/s3cret` }
    : { app_token: `${token}\n`, app_url: url, channel: '#alerts' };
  try {
    const config = slackConfig.parse({ ...own, username: 'Tapewatch', icon_emoji: ':chart:' });
    return { result: await slackChannel.send(testContext(), config, sample), seen };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** What a person reads: of the headline and of the blocks. */
function readable(body: string): string {
  const { text, attachments } = JSON.parse(body) as ReturnType<typeof formatMessage>;
  const blocks = attachments[0].blocks.map((block) =>
    block.type === 'section' ? block.text.text : block.elements[0].text,
  );
  return [text, ...blocks]
    .join('\n')
    .replace(/<[^|>]*\|([^>]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

describe('slackChannel through a webhook', () => {
  const contract = httpChannelContract(slackChannel, (url) => slackConfig.parse({ api_url: url }), {
    accepted: 'ok',
    readable,
  });
  for (const { name, run } of contract) it(name, run);

  it.each([
    [400, 'invalid_payload', 'rejected', 'Slack answered 400 invalid_payload'],
    [
      410,
      'channel_is_archived',
      'rejected',
      'Slack answered 410 channel_is_archived (the channel is archived: set another one)',
    ],
    [
      404,
      'no_service',
      'rejected',
      'Slack answered 404 no_service (the webhook was removed: make a new one and set api_url)',
    ],
    [500, 'rollup_error', 'retry', 'Slack answered 500 rollup_error'],
    [503, '<html>proxy</html>', 'retry', 'Slack answered 503'],
  ])('reads %i %s as %s', async (status, body, outcome, reason) => {
    expect((await send({ status, body }, true)).result).toEqual({ outcome, reason });
  });
});

describe('slackChannel as a bot', () => {
  const contract = httpChannelContract(
    slackChannel,
    (url) =>
      slackConfig.parse({ app_url: new URL(url).origin, app_token: new URL(url).pathname.slice(1), channel: 'C1' }),
    { readable },
  );
  for (const { name, run } of contract) it(name, run);

  it('carries its token in a header, and channel and looks in the body', async () => {
    const { result, seen } = await send({ body: '{"ok":true}' }, false);
    expect(result).toEqual({ outcome: 'sent' });
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${token}`);
    expect(seen[0]?.body).toMatchObject({ channel: '#alerts', username: 'Tapewatch', icon_emoji: ':chart:' });
    expect(JSON.stringify(seen[0]?.body)).not.toContain('s3cret');
  });

  it.each([
    ['ratelimited', { outcome: 'retry', reason: 'Slack answered ratelimited', afterMs: 30_000 }],
    ['internal_error', { outcome: 'retry', reason: 'Slack answered internal_error' }],
    [
      'not_in_channel',
      { outcome: 'rejected', reason: 'Slack answered not_in_channel (invite the bot to the channel)' },
    ],
    [`told ${token}`, { outcome: 'rejected', reason: 'Slack answered told ***' }],
  ])('reads ok: false with %s', async (error, expected) => {
    const answer = { body: JSON.stringify({ ok: false, error }), headers: { 'retry-after': '30' } };
    // The token in the config ends with a line break, as one from a file does.
    expect((await send(answer, false)).result).toEqual(expected);
  });
});

describe('slackConfig', () => {
  it.each([
    [{}, 'api_url'],
    [{ api_url: 'https://hooks.slack.com/services/x', app_token: 'x', channel: 'c' }, 'app_token'],
    [{ app_token: 'xoxb-1' }, 'channel'],
    [{ api_url: 'ftp://x' }, 'api_url'],
    [{ api_url: 'https://hooks.slack.com/services/x', icon_emoji: 'chart' }, 'icon_emoji'],
  ])('says what is wrong with %j', (config, key) => {
    expect(slackConfig.safeParse(config).error?.issues[0]?.path).toEqual([key]);
  });

  it('prints no secret', () => {
    expect(JSON.stringify(slackConfig.parse({ api_url: 'https://hooks.slack.com/services/s3cret' }))).not.toContain(
      's3cret',
    );
  });
});

describe('formatMessage', () => {
  it('says what templates say, where there are any', () => {
    const message = { title: 'Down &lt;now&gt;', text: '*one*\ntwo' };
    const told = formatMessage({ ...sample, message });
    expect(told.text).toBe('*Down &lt;now&gt;*');
    expect(told.attachments[0].blocks).toEqual([
      { type: 'section', text: { type: 'mrkdwn', text: message.text, verbatim: true } },
    ]);
    expect(formatMessage({ ...sample, message: { title: 'only' } }).attachments[0].blocks.length).toBeGreaterThan(1);
    expect(slackChannel.escape?.(slackConfig.parse({ api_url: 'http://x.test/' }))('<a>')).toBe('&lt;a&gt;');
  });

  it('tells severity, summary, labels, value, since when, and where to look', () => {
    const { text, attachments } = formatMessage(sample);
    expect(text).toBe('*🔴 [FIRING:1] critical ExchangeFeedStale (binance, ticker)*');
    expect(attachments[0].color).toBe('#d92d20');
    expect(
      attachments[0].blocks.map((block) => (block.type === 'section' ? block.text.text : block.elements[0].text)),
    ).toEqual([
      [
        'binance ticker feed is silent for 12s — 시세가 멈췄습니다 🚨 &lt;b&gt;&amp;"',
        '<http://127.0.0.1:8080/alerts/a1b2c3d4e5f60718|Open alert> · <https://example.test/runbook|Runbook>',
      ].join('\n'),
      'exchange: *binance*  |  feed: *ticker*  |  Value: *12*  |  Since: *2026-01-02 03:04:05 UTC (for 0 s)*',
    ]);
  });

  it('keeps to the limits of blocks and texts, and counts the rest', () => {
    const long = {
      ...alert,
      name: '&'.repeat(500),
      annotations: { summary: '<'.repeat(5000), description: '😀&'.repeat(5000) },
      labels: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`l${i}${'<'.repeat(90)}`, '&'.repeat(300)])),
    };
    const { attachments } = formatMessage({ ...sample, alerts: Array.from({ length: 60 }, () => long) }, 'ko');
    const [{ blocks }] = attachments;
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(blocks.at(-1))).toContain('외 36건');
    for (const block of blocks) {
      const text = block.type === 'section' ? block.text.text : block.elements[0].text;
      expect(text.length).toBeLessThanOrEqual(3000);
      expect(text.length).toBeGreaterThan(0);
      expect(text.isWellFormed()).toBe(true);
      expect(text.replace(/&(amp|lt|gt);/g, '')).not.toMatch(/&/);
    }
  });

  it('has no link and no mention but its own', () => {
    const body = JSON.stringify(formatMessage(hostileNotification()));
    const links = [...body.matchAll(/<([^>]*)>/g)].map(([, inner]) => inner);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links)
      expect(link).toMatch(/^(http:\/\/127\.0\.0\.1:8080\/|https:\/\/example\.test\/)[^|]*\|(Open alert|Runbook)$/);
  });

  it('keeps an address from ending its link early', () => {
    const evil = { ...alert, url: 'https://x.test/?a=1&b=<!channel>|y', labels: {} };
    const { attachments } = formatMessage({ ...sample, alerts: [evil] });
    expect(JSON.stringify(attachments)).toContain('<https://x.test/?a=1&amp;b=%3C!channel%3E%7Cy|Open alert>');
  });

  it('sends no empty text', () => {
    const bare = { ...alert, annotations: {}, labels: {}, url: 'javascript:alert(1)' };
    const { runbookUrl: _, ...rest } = bare;
    const { attachments } = formatMessage({ ...sample, alerts: [rest] });
    expect(attachments[0].blocks[0]).toMatchObject({ text: { text: '–' } });
  });
});
