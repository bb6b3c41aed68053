import { FakeClock } from '@tapewatch/model/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sessions } from './session.js';

const dayMs = 86_400_000;

describe('Sessions', () => {
  const clock = new FakeClock();
  const sessions = new Sessions({ adminToken: 'a', clock, secure: false });
  const cookie = (set: string): string => set.split(';')[0] as string;

  it('reads back who it was opened for, among other cookies', () => {
    const header = `theme=dark; ${cookie(sessions.open('admin'))}; x=1`;
    expect(sessions.read(header)).toEqual({ name: 'admin', role: 'admin', expiresAt: clock.now() + 30 * dayMs });
  });

  it('ends after 30 days', async () => {
    const own = new FakeClock();
    const short = new Sessions({ adminToken: 'a', clock: own, secure: false });
    const header = cookie(short.open('admin'));
    await own.advance(30 * dayMs - 1);
    expect(short.read(header)).toBeDefined();
    await own.advance(1);
    expect(short.read(header)).toBeUndefined();
  });

  it('ends when the admin token changes', () => {
    const others = new Sessions({ adminToken: 'b', clock, secure: false });
    expect(others.read(cookie(sessions.open('admin')))).toBeUndefined();
  });

  it('is out of reach of scripts and other sites, and Secure behind https', () => {
    expect(sessions.open('admin')).toMatch(/; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/);
    expect(new Sessions({ adminToken: 'a', clock, secure: true }).open('admin')).toMatch(/; Secure$/);
  });

  it('reads no cookie that was changed in any place', () => {
    const good = cookie(sessions.open('admin'));
    const start = good.indexOf('=') + 1;
    fc.assert(
      fc.property(
        fc.integer({ min: start, max: good.length - 1 }),
        fc.constantFrom('A', '0', '.', '-', ''),
        (place, letter) => {
          const changed = good.slice(0, place) + letter + good.slice(place + 1);
          fc.pre(changed !== good);
          expect(sessions.read(changed)).toBeUndefined();
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never throws, whatever the header', () => {
    fc.assert(fc.property(fc.string(), (text) => sessions.read(`tapewatch_session=${text}`) === undefined));
  });
});
