import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database } from '@tapewatch/database';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Access } from './access.js';
import type { Role } from './role.js';
import { accessMigrations } from './tables.js';

const admin = { name: 'admin', role: 'admin', address: '127.0.0.1' } as const;
const dayMs = 86_400_000;

describe('Access', () => {
  let folder: string;
  let database: Database;
  let clock: FakeClock;
  let access: Access;

  const open = async (): Promise<void> => {
    database = await openDatabase({ path: join(folder, 'state.db'), migrations: accessMigrations });
    access = await Access.open({ database, clock, logger: new RecordingLogger() });
  };
  const close = async (): Promise<void> => {
    await access.stop();
    await database.close();
  };
  const reopen = async (): Promise<void> => {
    await close();
    await open();
  };
  const make = async (name: string, role: Role = 'operator', expiresAt?: number): Promise<string> => {
    const made = await access.createToken({ name, role, ...(expiresAt === undefined ? {} : { expiresAt }) }, admin);
    if (!made.ok) throw new Error(made.refusal.message);
    return made.value.secret;
  };
  const signIn = async (origin: string, who = 'desk'): Promise<string> => {
    const opened = await access.sessions.open({ who, role: 'operator', origin }, { by: 'link' });
    if (!opened.ok) throw new Error(opened.refusal.message);
    return opened.value.secret;
  };
  const told = async () => {
    const page = await access.audit.page({ first: 200 });
    return page.ok ? page.value.items.map(({ node }) => node) : [];
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapewatch-access-'));
    clock = new FakeClock();
    await open();
  });
  afterEach(async () => {
    await close().catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  });

  it('knows a token by its secret, also after a restart, and keeps none that could be used', async () => {
    const secret = await make('ci');
    expect(secret).toMatch(/^tw_[A-Za-z0-9_-]{43}$/);
    expect(access.tokens.identify(secret)).toMatchObject({ name: 'ci', role: 'operator', createdBy: 'admin' });
    expect(access.tokens.identify(`${secret}x`)).toBeUndefined();
    const session = await signIn('token:1');
    await reopen();
    expect(access.tokens.identify(secret)).toMatchObject({ name: 'ci' });
    expect(access.sessions.identify(session)).toMatchObject({ who: 'desk' });
    await access.stop();
    for (const file of await readdir(folder)) {
      const text = await readFile(join(folder, file), 'latin1');
      for (const known of [secret, secret.slice(3), session]) expect(text.includes(known)).toBe(false);
    }
  });

  it('takes a name once at a time, whatever its case, and again when it was revoked', async () => {
    await make('desk');
    const again = await access.createToken({ name: 'Desk', role: 'viewer' }, admin);
    expect(again).toMatchObject({ ok: false, refusal: { code: 'CONFLICT' } });
    const both = await Promise.all([1, 2].map(() => access.createToken({ name: 'twin', role: 'viewer' }, admin)));
    expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
    await access.revokeToken('desk', admin);
    await make('desk', 'viewer');
    expect(access.tokens.all().map(({ name, revokedBy }) => [name, revokedBy])).toEqual([
      ['desk', undefined],
      ['twin', undefined],
      ['desk', 'admin'],
    ]);
  });

  it.each(['', 'admin', 'Tapewatch', 'local:bob', 'a b', '-x', 'ü', 'x'.repeat(65)])(
    'refuses the name "%s"',
    async (name) => {
      const answer = await access.createToken({ name, role: 'viewer' }, admin);
      expect(answer).toMatchObject({ ok: false, refusal: { code: 'INVALID_INPUT', path: 'name' } });
    },
  );

  it('refuses a token that has expired, and one that was revoked, from that moment', async () => {
    const short = await make('short', 'viewer', clock.now() + 1000);
    const other = await make('other');
    await clock.advance(999);
    expect(access.tokens.identify(short)).toBeDefined();
    await clock.advance(1);
    expect(access.tokens.identify(short)).toBeUndefined();
    const revoking = access.revokeToken('other', admin);
    expect(access.tokens.identify(other)).toBeUndefined();
    expect(await revoking).toMatchObject({ ok: true, value: { name: 'other', revokedBy: 'admin' } });
    expect(await access.revokeToken('other', admin)).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } });
    await reopen();
    for (const secret of [short, other]) expect(access.tokens.identify(secret)).toBeUndefined();
  });

  it('writes down when a token was used, at most once a minute', async () => {
    const secret = await make('ci');
    access.tokens.identify(secret);
    const first = clock.now();
    await clock.advance(59_000);
    access.tokens.identify(secret);
    expect(access.tokens.all()[0]?.lastUsedAt).toBe(first);
    await clock.advance(1000);
    access.tokens.identify(secret);
    await reopen();
    expect(access.tokens.all()[0]?.lastUsedAt).toBe(first + 60_000);
  });

  it('ends the sessions of a token with it, at once and after a restart', async () => {
    await make('desk');
    const [own, others] = [await signIn('token:1'), await signIn('admin:k')];
    let ends = 0;
    access.onEnd(() => ends++);
    await access.revokeToken('desk', admin);
    expect([access.sessions.identify(own), access.sessions.identify(others) !== undefined]).toEqual([undefined, true]);
    expect(ends).toBe(1);
    await reopen();
    expect([access.sessions.identify(own), access.sessions.identify(others) !== undefined]).toEqual([undefined, true]);
  });

  it('keeps a session that is used for 90 days, and one that is not for 30', async () => {
    const [used, idle] = [await signIn('admin:k'), await signIn('admin:k')];
    await clock.advance(29 * dayMs);
    expect(access.sessions.identify(used)).toBeDefined();
    await clock.advance(dayMs);
    expect(access.sessions.identify(used)).toBeDefined();
    expect(access.sessions.identify(idle)).toBeUndefined();
    await clock.advance(29 * dayMs);
    expect(access.sessions.identify(used)).toBeDefined();
    await clock.advance(29 * dayMs);
    expect(access.sessions.identify(used)).toBeDefined();
    await clock.advance(2 * dayMs);
    expect(access.sessions.identify(used)).toBeUndefined();
    await reopen();
    expect(access.sessions.all()).toEqual([]);
  });

  it('ends a session on request, for good', async () => {
    const secret = await signIn('admin:k');
    const [session] = access.sessions.all();
    expect(access.revokeSession(session?.id ?? 0, admin)).toMatchObject({ ok: true });
    expect(access.sessions.identify(secret)).toBeUndefined();
    expect(access.revokeSession(session?.id ?? 0, admin)).toMatchObject({ ok: false });
    await reopen();
    expect(access.sessions.identify(secret)).toBeUndefined();
  });

  it('changes no token when its line cannot be written, but keeps the lines of other deeds until they can', async () => {
    const secret = await make('ci');
    await database.tables<{ audit_head: object }>().schema.alterTable('audit_entry').renameTo('away').execute();
    const made = await access.createToken({ name: 'other', role: 'admin' }, admin);
    expect(made).toMatchObject({ ok: false, refusal: { code: 'UNAVAILABLE' } });
    // A revoked token is dead all the same.
    expect(await access.revokeToken('ci', admin)).toMatchObject({ ok: false, refusal: { code: 'UNAVAILABLE' } });
    expect(access.tokens.identify(secret)).toBeUndefined();
    const written = access.record({ at: clock.now(), who: 'ci', what: 'acknowledgeAlert', outcome: 'done' });
    await expect.poll(() => access.audit.healthy).toBe(false);
    await database.tables<{ audit_head: object }>().schema.alterTable('away').renameTo('audit_entry').execute();
    await clock.advance(10_000);
    await written;
    expect(access.audit.healthy).toBe(true);
    expect(access.tokens.all().map(({ name }) => name)).toEqual(['ci']);
    expect(await access.revokeToken('ci', admin)).toMatchObject({ ok: true });
    expect((await told()).map(({ what }) => what)).toEqual(['revokeToken', 'acknowledgeAlert', 'createToken']);
  });
});
