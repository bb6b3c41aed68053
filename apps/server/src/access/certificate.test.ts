import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { FakeClock, testCertificates } from '@tapewatch/model/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../testing/start-server.js';
import { adminToken, startServer } from '../testing/start-server.js';

describe('server.tls', () => {
  let folder: string;
  let tls: { cert: string; key: string };
  let running: RunningServer | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapewatch-tls-'));
    tls = { cert: join(folder, 'c.pem'), key: join(folder, 'k.pem') };
    await put(testCertificates.first);
  });
  afterEach(async () => {
    await running?.close();
    running = undefined;
    await rm(folder, { recursive: true });
  });

  const put = async ({ cert, key }: { readonly cert: string; readonly key: string }): Promise<void> => {
    await writeFile(tls.cert, cert);
    await writeFile(tls.key, key);
  };
  const open = (options: ConnectionOptions = {}): Promise<TLSSocket> =>
    new Promise((resolve, reject) => {
      const port = running?.server.port ?? 0;
      const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options }, () => resolve(socket));
      socket.on('error', reject);
    });
  const shown = async (): Promise<string | undefined> => {
    const socket = await open();
    const { CN: name } = socket.getPeerCertificate().subject;
    socket.destroy();
    return String(name);
  };
  const ask = async (lines: readonly string[]): Promise<string> => {
    const socket = await open({ ca: testCertificates.first.cert, rejectUnauthorized: true, servername: 'localhost' });
    socket.write([...lines, '', ''].join('\r\n'));
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    return text;
  };

  it('speaks https and nothing older than TLS 1.2, with Secure cookies and HSTS', async () => {
    running = await startServer({ tls });
    expect(running.server.url).toBe(`https://127.0.0.1:${running.server.port}`);
    const body = `token=${adminToken}`;
    const answer = await ask([
      'POST /sign-in HTTP/1.1',
      ...['Host: localhost', 'Connection: close', 'Content-Type: application/x-www-form-urlencoded'],
      `Content-Length: ${body.length}`,
      ...['', body],
    ]);
    expect(answer).toMatch(/^HTTP\/1.1 303 /);
    expect(answer).toMatch(/Set-Cookie: tapewatch_session=.*; HttpOnly; SameSite=Lax; Secure\r\n/i);
    expect(answer).toMatch(/Strict-Transport-Security: max-age=31536000\r\n/i);
    await expect(open({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' })).rejects.toThrow();
    await expect(fetch(`http://127.0.0.1:${running.server.port}/healthz`)).rejects.toThrow();
  });

  it('takes up renewed files within a minute, and goes on with the old ones while the new are no good', async () => {
    const clock = new FakeClock();
    running = await startServer({ tls, clock });
    expect(await shown()).toBe('localhost');
    await writeFile(tls.cert, testCertificates.renewed.cert);
    await clock.advance(60_000);
    await expect.poll(() => running?.logger.lines.some(({ level }) => level === 'warn')).toBe(true);
    expect(await shown()).toBe('localhost');
    await put(testCertificates.renewed);
    await expect
      .poll(async () => {
        await clock.advance(60_000);
        return shown();
      })
      .toBe('renewed');
  });

  it('does not start with files that are no pair', async () => {
    await writeFile(tls.key, testCertificates.renewed.key);
    await expect(startServer({ tls })).rejects.toMatchObject({ code: 'TLS_INVALID' });
  });
});
