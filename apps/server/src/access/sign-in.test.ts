import { afterEach, describe, expect, it } from 'vitest';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeClock } from '@tapewatch/model/testing';
import type { RunningServer } from '../testing/start-server.js';
import { adminToken, startServer } from '../testing/start-server.js';

describe('sign-in', () => {
  let running: RunningServer;
  afterEach(() => running.close());

  const post = (token: string) =>
    running.fetch('/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token }),
    });

  it('turns the link into a session, once, and not by being looked at', async () => {
    running = await startServer({ adminToken: '' });
    const link = new URL(running.server.signInLink ?? '');
    const token = link.searchParams.get('token') ?? '';
    for (let look = 0; look < 3; look++) {
      const page = await running.fetch(`${link.pathname}${link.search}`, { headers: {} });
      expect(page.status).toBe(200);
      expect(page.headers.get('set-cookie')).toBeNull();
      expect(await page.text()).toContain(`value="${token}"`);
    }
    const opened = await post(token);
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/']);
    const cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0] as string;
    for (const path of ['/', '/metrics']) expect((await running.fetch(path, { headers: { cookie } })).status).toBe(200);
    const again = await post(token);
    expect([again.status, again.headers.get('set-cookie')]).toEqual([401, null]);
  });

  it('keeps the token it made in the data folder, and takes it as a bearer token', async () => {
    running = await startServer({ adminToken: '' });
    const token = (await readFile(join(running.dataDir, 'admin-token'), 'utf8')).trim();
    expect((await running.fetch('/metrics', { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    expect(running.server.signInLink).not.toContain(token);
  });

  it('has no link when the environment gave the token, but takes the token in the form', async () => {
    running = await startServer();
    expect(running.server.signInLink).toBeUndefined();
    expect((await post(adminToken)).status).toBe(303);
    expect((await post('wrong')).status).toBe(401);
    expect((await post('')).status).toBe(401);
  });

  it('looks at no more tokens for the rest of a minute in which ten were wrong, whoever sends them', async () => {
    const clock = new FakeClock();
    running = await startServer({ clock });
    for (let i = 0; i < 20; i++) expect((await post(adminToken)).status).toBe(303);
    for (let i = 0; i < 9; i++) expect((await post('wrong')).status).toBe(401);
    await clock.advance(20_500);
    expect((await post('wrong')).status).toBe(401);
    const refused = await post(adminToken);
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('set-cookie')]).toEqual([
      429,
      '40',
      null,
    ]);
    expect(await refused.text()).toContain('40 s');
    expect((await running.fetch('/metrics')).status).toBe(200);
    await clock.advance(39_500);
    expect((await post(adminToken)).status).toBe(303);
    expect((await post('wrong')).status).toBe(401);
  });

  it('escapes what stands in the link', async () => {
    running = await startServer();
    const page = await running.fetch(`/sign-in?token=${encodeURIComponent('"><script>alert(1)</script>')}`, {
      headers: {},
    });
    expect(await page.text()).not.toContain('<script>');
  });

  it('sets Secure when users come by https, and shows them that address', async () => {
    running = await startServer({ externalUrl: 'https://watch.example.com/' });
    expect(running.server.url).toBe('https://watch.example.com');
    const { headers } = await post(adminToken);
    expect(headers.get('set-cookie')).toContain('; Secure');
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
  });
});
