import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Notification } from '@tapewatch/plugin-sdk';
import {
  hostileNotification,
  injections,
  RecordingLogger,
  sampleNotification,
  selfSigned,
  testContext,
} from '@tapewatch/plugin-sdk/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { composeMail } from './compose-mail.js';
import { emailConfig } from './config.js';
import { emailChannel } from './email-channel.js';
import { MailServer, mailServerLack } from './testing/mail-server.js';
import { readMail } from './testing/read-mail.js';

const sample = sampleNotification();
const [alert] = sample.alerts;
if (alert === undefined) throw new Error('the sample has an alert');

const base = { to: 'Ops <ops@test.invalid>', from: 'Tapewatch <tapewatch@test.invalid>', smarthost: '127.0.0.1:25' };
const trusting = { tls_config: { ca: selfSigned.cert } };
const lack = mailServerLack();
let keys = 0;

function send(
  port: number,
  own: Readonly<Record<string, unknown>>,
  notification: Notification = sample,
  signal?: AbortSignal,
) {
  const logger = new RecordingLogger();
  const config = emailConfig.parse({ ...base, smarthost: `127.0.0.1:${port}`, ...own });
  const result = emailChannel.send(
    testContext({ logger, ...(signal === undefined ? {} : { signal }) }),
    config,
    notification,
  );
  return Promise.resolve(result).then((settled) => ({ result: settled, log: JSON.stringify(logger.lines) }));
}

async function composed(notification: Notification, own: Readonly<Record<string, unknown>> = {}) {
  const { content } = await composeMail(emailConfig.parse({ ...base, ...own }), notification);
  return readMail(content.toString('latin1'));
}

describe('emailChannel with Exim', () => {
  let server: MailServer;
  beforeEach((context) => {
    if (lack !== undefined) context.skip(lack);
  });
  beforeAll(async () => {
    if (lack === undefined) server = await MailServer.start({ tls: true });
  });
  afterAll(async () => {
    if (lack === undefined) await server?.stop();
  });
  const fresh = (): Notification => ({ ...sample, idempotencyKey: `ops/${keys++}` });

  it('delivers over STARTTLS what can be read back, in both parts', async () => {
    const notification = fresh();
    expect((await send(server.port, trusting, notification)).result).toEqual({ outcome: 'sent' });
    const [mail] = await server.arrived(notification.idempotencyKey);
    expect(mail?.headers).toMatchObject({
      subject: '[FIRING:1] critical ExchangeFeedStale (binance, ticker)',
      from: 'Tapewatch <tapewatch@test.invalid>',
      to: 'Ops <ops@test.invalid>',
      'return-path': '<tapewatch@test.invalid>',
      'envelope-to': 'ops@test.invalid',
      'auto-submitted': 'auto-generated',
      'x-priority': '1 (Highest)',
    });
    expect(mail?.headers['received']).toMatch(/with esmtps\s+\(TLS1/);
    expect(mail?.parts.map(({ type }) => type.split(';')[0])).toEqual(['text/plain', 'text/html']);
    expect(mail?.parts[0]?.text).toContain('시세가 멈췄습니다 🚨 <b>&"');
    expect(mail?.parts[0]?.text).toContain('Open alert: http://127.0.0.1:8080/alerts/a1b2c3d4e5f60718');
    expect(mail?.parts[1]?.text).toContain('시세가 멈췄습니다 🚨 &lt;b&gt;&amp;&quot;');
  });

  it('bears the same Message-ID at every attempt', async () => {
    const notification = fresh();
    await send(server.port, trusting, notification);
    const [first] = await server.arrived(notification.idempotencyKey);
    await send(server.port, trusting, notification);
    await expect.poll(async () => (await server.arrived(notification.idempotencyKey)).length).toBe(2);
    for (const { headers } of await server.arrived(notification.idempotencyKey))
      expect(headers['message-id']).toBe(first?.headers['message-id']);
  });

  it('logs in, and may then write to elsewhere', async () => {
    const notification = fresh();
    const own = { ...trusting, to: 'ops@elsewhere.invalid', auth_username: 'ops' };
    expect((await send(server.port, { ...own, auth_password: 's3cret\n' }, notification)).result).toEqual({
      outcome: 'sent',
    });
    expect((await server.arrived(notification.idempotencyKey))[0]?.headers['envelope-to']).toBe(
      'ops@elsewhere.invalid',
    );
    const { result, log } = await send(server.port, { ...own, auth_password: 'wr0ng-one' });
    expect(result).toEqual({
      outcome: 'rejected',
      reason: 'the server refused the login: 535 Incorrect authentication data (check auth_username and auth_password)',
    });
    expect(JSON.stringify(result) + log).not.toContain('wr0ng');
  });

  it.each([
    ['ops@elsewhere.invalid', { outcome: 'rejected', reason: 'the server refused: 550 relay not permitted' }],
    ['refused@test.invalid', { outcome: 'rejected', reason: 'the server refused: 550 no such person here' }],
    ['later@test.invalid', { outcome: 'retry', reason: 'the server asks to wait: 451 come back later' }],
  ])('says in the words of the server what becomes of %s', async (to, expected) => {
    expect((await send(server.port, { ...trusting, to })).result).toEqual(expected);
  });

  it('is sent when some recipients got it, and the log says who did not', async () => {
    const notification = fresh();
    const to = 'ops@test.invalid, refused@test.invalid, later@test.invalid';
    const { result, log } = await send(server.port, { ...trusting, to }, notification);
    expect(result).toEqual({ outcome: 'sent' });
    expect(log).toContain('refused@test.invalid');
    expect(log).toContain('451 come back later');
    expect(await server.arrived(notification.idempotencyKey)).toHaveLength(1);
  });

  it('trusts no certificate that nobody vouches for, unless it is told to', async () => {
    const refused = (await send(server.port, {})).result;
    expect(refused).toMatchObject({ outcome: 'retry', reason: expect.stringContaining('self-signed') as string });
    expect((await send(server.port, { tls_config: { insecure_skip_verify: true } }, fresh())).result).toEqual({
      outcome: 'sent',
    });
    const other = { tls_config: { ca: selfSigned.cert, server_name: 'mail.example.com' } };
    expect((await send(server.port, other)).result).toMatchObject({ outcome: 'retry' });
  });

  it('delivers hostile text as text, with no header of its own', async () => {
    const evil = 'x\r\nBcc: victim@test.invalid\r\n\r\nbody';
    const notification: Notification = {
      ...fresh(),
      commonLabels: { venue: evil },
      alerts: [
        {
          ...alert,
          name: evil,
          labels: { venue: evil },
          annotations: { summary: evil, description: `${evil}\r\n.\r\nQUIT\r\n` },
        },
      ],
    };
    expect((await send(server.port, trusting, notification)).result).toEqual({ outcome: 'sent' });
    const [mail] = await server.arrived(notification.idempotencyKey);
    expect(mail?.headers).not.toHaveProperty('bcc');
    expect(mail?.headers['envelope-to']).toBe('ops@test.invalid');
    expect(mail?.headers['subject']).toContain('x Bcc: victim@test.invalid body');
    expect(mail?.parts[0]?.text).toContain('\n.\nQUIT');
  });
});

describe('emailChannel with an Exim without TLS', () => {
  let server: MailServer;
  beforeEach((context) => {
    if (lack !== undefined) context.skip(lack);
  });
  beforeAll(async () => {
    if (lack === undefined) server = await MailServer.start({ tls: false });
  });
  afterAll(async () => {
    if (lack === undefined) await server?.stop();
  });

  it('sends nothing in the clear unless it is told to', async () => {
    expect((await send(server.port, {})).result).toMatchObject({
      outcome: 'retry',
      reason: expect.stringMatching(/^no secure connection: /) as string,
    });
    expect(await server.mails()).toEqual([]);
    expect((await send(server.port, { require_tls: false })).result).toEqual({ outcome: 'sent' });
    expect(await server.arrived(sample.idempotencyKey)).toHaveLength(1);
  });
});

describe('emailChannel with a server that misbehaves', () => {
  let close: (() => void) | undefined;
  afterEach(() => close?.());

  async function against(greet: (socket: Socket) => void, signal?: AbortSignal) {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      greet(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    close = () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    };
    return (await send((server.address() as AddressInfo).port, { require_tls: false }, sample, signal)).result;
  }

  it.each<[string, (socket: Socket) => void]>([
    ['resets the connection', (socket) => socket.resetAndDestroy()],
    ['hangs up', (socket) => socket.end()],
    ['is busy', (socket) => socket.end('421 too busy\r\n')],
    ['speaks no SMTP', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['never stops greeting', (socket) => endlessly(socket)],
    ['hangs up in the middle', (socket) => socket.write('220 hi\r\n') && socket.once('data', () => socket.end())],
  ])('tries again when it %s', async (_, greet) => {
    expect(await against(greet)).toMatchObject({ outcome: 'retry' });
  });

  it('tries again when nobody listens', async () => {
    expect((await send(1, {})).result).toMatchObject({
      outcome: 'retry',
      reason: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('stops at once when it is aborted, and hangs up', async () => {
    const abort = new AbortController();
    let hungUp: Promise<unknown> | undefined;
    const result = await against((socket) => {
      hungUp = new Promise((resolve) => socket.once('close', resolve));
      socket.resume();
      abort.abort();
    }, abort.signal);
    expect(result).toMatchObject({ outcome: 'retry' });
    await hungUp;
  });

  it('does not begin when it is aborted before', async () => {
    let connected = false;
    const result = await against(() => {
      connected = true;
    }, AbortSignal.abort());
    expect([result.outcome, connected]).toEqual(['retry', false]);
  });
});

function endlessly(socket: Socket): void {
  const write = (): void => {
    while (!socket.destroyed && socket.write(`220-${'x'.repeat(60_000)}\r\n`));
    if (!socket.destroyed) socket.once('drain', write);
  };
  write();
}

describe('composeMail', () => {
  it('says what templates say, where there are any', async () => {
    const mail = await composed({ ...sample, message: { title: 'Down', text: 'a < b\n  c' } });
    expect(mail.headers['subject']).toBe('Down');
    const [plain, html] = mail.parts.map(({ text }) => text);
    expect(plain?.trim()).toBe('a < b\n  c');
    expect(html).toContain('a &lt; b\n  c');
  });

  it('threads the mails of one group, and only them', async () => {
    const [first, later, other, test] = await Promise.all([
      composed({ ...sample, idempotencyKey: 'ops/g/1' }),
      composed({ ...sample, idempotencyKey: 'ops/g/2', status: 'resolved' }),
      composed({ ...sample, groupKey: 'other' }),
      composed({ ...sample, test: true }),
    ]);
    expect(later.headers['references']).toBe(first.headers['references']);
    expect(later.headers['in-reply-to']).toBe(first.headers['references']);
    expect(later.headers['message-id']).not.toBe(first.headers['message-id']);
    expect(other.headers['references']).not.toBe(first.headers['references']);
    expect(test.headers).not.toHaveProperty('references');
    expect(first.headers['message-id']).toMatch(/^<[\da-f]{40}@test\.invalid>$/);
  });

  it('speaks Korean, also in the subject', async () => {
    const mail = await composed(sample, { language: 'ko' });
    expect(mail.headers['subject']).toBe('[발생:1] 심각 ExchangeFeedStale (binance, ticker)');
    expect(mail.parts[1]?.text).toContain('<html lang="ko">');
    expect(mail.parts[0]?.text).toContain('시작: 2026-01-02 03:04:05 UTC (0초째)');
  });

  it('tells a report by its key figures, and brings it along whole', async () => {
    const report = {
      id: 'daily-2026-11-24-x',
      title: 'Daily report, 2026-11-24',
      text: 'Alerts: 3\nData: 100%',
      markdown: '# Daily report',
      html: '<!doctype html><title>시장</title>',
      url: 'https://x.test/reports/daily-2026-11-24-x',
    };
    const { headers, parts } = await composed({ ...sample, report });
    expect(headers['subject']).toContain('Daily report, 2026-11-24');
    expect(parts.map(({ type }) => type.split(';')[0])).toEqual(['text/plain', 'text/html', 'text/html']);
    expect(parts[0]?.text).toContain('Data: 100%');
    expect(parts[1]?.text).toContain(`href="${report.url}"`);
    expect(parts[2]?.text.trim()).toBe(report.html);
  });

  it('takes markup in labels for text, in both parts', async () => {
    const { parts } = await composed(hostileNotification());
    const [text, html] = parts.map((part) => part.text);
    const seen = (html ?? '')
      .replace(/<style>[\s\S]*?<\/style>|<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&');
    for (const injection of injections) {
      expect(text).toContain(injection);
      expect(seen).toContain(injection);
    }
    const hrefs = [...(html ?? '').matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, href]) => new URL(href ?? '').host);
    expect(new Set(hrefs)).toEqual(new Set(['127.0.0.1:8080', 'example.test']));
    expect(html).not.toMatch(/<(script|img)/);
  });

  it('stays within what mail programs show, and counts the rest', async () => {
    const long = { ...alert, annotations: { summary: '🚨<'.repeat(2000), description: '&'.repeat(2000) } };
    const { parts, headers } = await composed({ ...sample, alerts: Array.from({ length: 300 }, () => long) });
    expect(Buffer.byteLength(parts[1]?.text ?? '')).toBeLessThan(102_000);
    for (const { text } of parts) expect(text).toMatch(/and \d+ more/);
    expect(headers['subject']).toMatch(/^\[FIRING:300\]/);
  });

  it('has one part when HTML is not wanted, and the headers that the config adds', async () => {
    const mail = await composed(sample, { html: false, headers: { 'Reply-To': 'desk@test.invalid' } });
    expect(mail.parts.map(({ type }) => type.split(';')[0])).toEqual(['text/plain']);
    expect(mail.headers['reply-to']).toBe('desk@test.invalid');
  });
});

describe('emailConfig', () => {
  it.each([
    [{ to: 'nobody' }, ['to']],
    [{ to: 'a@b.c\r\nBcc: x@y.z' }, ['to']],
    [{ from: 'a@b.c, d@e.f' }, ['from']],
    [{ smarthost: 'mail' }, ['smarthost']],
    [{ smarthost: 'mail:99999' }, ['smarthost']],
    [{ auth_username: 'x' }, ['auth_password']],
    [{ auth_password: 'x' }, ['auth_username']],
    [{ headers: { Subject: 'x' } }, ['headers', 'Subject']],
    [{ headers: { 'X-A': 'b\nBcc: c@d.e' } }, ['headers', 'X-A']],
    [{ headers: { 'X A': 'b' } }, ['headers', 'X A']],
  ])('says what is wrong with %j', (own, path) => {
    expect(emailConfig.safeParse({ ...base, ...own }).error?.issues[0]?.path).toEqual(path);
  });

  it('reads a server by name, address and IPv6', () => {
    const hostOf = (smarthost: string): unknown => emailConfig.parse({ ...base, smarthost }).smarthost;
    expect(hostOf('smtp.example.com:587')).toEqual({ host: 'smtp.example.com', port: 587 });
    expect(hostOf('[::1]:25')).toEqual({ host: '::1', port: 25 });
  });
});
