import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '@tapewatch/pipeline';
import { FakeClock } from '@tapewatch/model/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../testing/start-server.js';
import { startServer } from '../testing/start-server.js';

describe('a session', () => {
  let folder: string;
  let clock: FakeClock;
  let running: RunningServer;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapewatch-sessions-'));
    clock = new FakeClock();
    running = await startServer({ clock }, { dataDir: folder });
  });
  afterEach(async () => {
    await running.close();
    await rm(folder, { recursive: true });
  });

  const restart = async (adminToken?: string): Promise<void> => {
    await running.close();
    running = await startServer({ clock, ...(adminToken === undefined ? {} : { adminToken }) }, { dataDir: folder });
  };
  const make = async (name: string, role: Role): Promise<string> => {
    const made = await running.pipeline.access.createToken({ name, role }, { name: 'admin', role: 'admin' });
    return made.ok ? made.value.secret : '';
  };
  const signIn = async (token: string): Promise<{ readonly status: number; readonly cookie: string }> => {
    const form = { method: 'POST', headers: {}, body: new URLSearchParams({ token }) };
    const { headers, status } = await running.fetch('/sign-in', form);
    return { status, cookie: (headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
  };
  const me = async (cookie: string): Promise<unknown> => {
    const query = JSON.stringify({ query: '{ me { name role } }' });
    const headers = { cookie, 'content-type': 'application/json' };
    const answer = await running.fetch('/graphql', { method: 'POST', headers, body: query });
    return ((await answer.json()) as { data?: { me: unknown } }).data?.me;
  };

  it('is whose token opened it, outlives a restart, and ends with the token', async () => {
    const { cookie } = await signIn(await make('desk', 'operator'));
    expect(await me(cookie)).toEqual({ name: 'desk', role: 'OPERATOR' });
    await restart();
    expect(await me(cookie)).toEqual({ name: 'desk', role: 'OPERATOR' });
    await running.graphql('mutation { revokeToken(name: "desk") { __typename } }');
    expect(await me(cookie)).toBeUndefined();
    await restart();
    expect(await me(cookie)).toBeUndefined();
  });

  it('of the admin ends when the admin token is another one', async () => {
    running.pipeline.access.onEnd(() => undefined);
    const { cookie } = await signIn('tw_a-token-for-tests-only');
    await restart();
    expect(await me(cookie)).toEqual({ name: 'admin', role: 'ADMIN' });
    await restart('tw_another-token-for-tests');
    expect(await me(cookie)).toBeUndefined();
  });

  it('is not for those who only hand data in', async () => {
    expect((await signIn(await make('push', 'ingest'))).status).toBe(401);
  });

  it('is opened by a link that admins make, for less than they may, once, within a quarter of an hour', async () => {
    const link = async (): Promise<string> => {
      const query = 'mutation { createSignInLink(role: VIEWER) { ... on SignInLink { url } } }';
      const { data } = await running.graphql(query);
      const { url } = (data as unknown as { createSignInLink: { url: string } }).createSignInLink;
      return new URL(url).searchParams.get('token') ?? '';
    };
    const token = await link();
    const { cookie } = await signIn(token);
    expect(await me(cookie)).toEqual({ name: 'admin', role: 'VIEWER' });
    expect((await signIn(token)).status).toBe(401);
    const late = await link();
    clock.jump(15 * 60_000);
    expect((await signIn(late)).status).toBe(401);
  });

  it('is not opened when it cannot be written down', async () => {
    running.pipeline.access.sessions.open = () =>
      Promise.resolve({ ok: false, refusal: { code: 'UNAVAILABLE', message: 'no disk' } });
    expect(await signIn('tw_a-token-for-tests-only')).toEqual({ status: 503, cookie: '' });
  });
});
