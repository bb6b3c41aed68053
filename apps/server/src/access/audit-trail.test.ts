import { FakeClock } from '@tapewatch/model/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../testing/start-server.js';
import { adminToken, startServer } from '../testing/start-server.js';
import { auditDetail } from './audit-detail.js';

describe('AuditTrail', () => {
  let clock: FakeClock;
  let running: RunningServer;
  beforeEach(async () => {
    clock = new FakeClock();
    running = await startServer({ clock });
  });
  afterEach(() => running.close());

  const entries = async () => {
    const page = await running.pipeline.access.audit.page({ first: 200 });
    return page.ok ? page.value.items.map(({ node }) => node) : [];
  };
  const wrongSignIn = () =>
    running.fetch('/sign-in', { method: 'POST', headers: {}, body: new URLSearchParams({ token: 'wrong' }) });

  it('shows an alert before and after', async () => {
    await running.graphql('mutation { acknowledgeAlert(id: "a1", note: "mine") { __typename } }');
    await expect.poll(async () => (await entries()).length).toBe(1);
    const [entry] = await entries();
    expect(entry).toMatchObject({
      ...{ who: 'admin', role: 'admin', what: 'acknowledgeAlert', target: 'a1', outcome: 'done' },
      detail: { note: 'mine', before: { state: 'firing' }, after: { acknowledgement: { by: 'admin', note: 'mine' } } },
    });
    expect(JSON.stringify(entry?.detail?.['before'])).not.toContain('acknowledgement');
  });

  it('tells what was refused and why, and what failed unexpectedly', async () => {
    await running.graphql('mutation { acknowledgeAlert(id: "none") { __typename } }');
    running.pipeline.commands.testChannel = () => Promise.reject(new Error('boom'));
    await running.graphql('mutation { testChannel(name: "console") { __typename } }');
    await expect.poll(async () => (await entries()).length).toBe(2);
    expect((await entries()).map(({ what, outcome, code }) => [what, outcome, code])).toEqual([
      ['testChannel', 'failed', 'INTERNAL'],
      ['acknowledgeAlert', 'refused', 'NOT_FOUND'],
    ]);
  });

  it('loses no acknowledgement when it cannot be written itself', async () => {
    running.pipeline.access.record = () => new Promise(() => undefined);
    const answer = await running.graphql('mutation { acknowledgeAlert(id: "a1") { __typename } }');
    expect(answer.data).toEqual({ acknowledgeAlert: { __typename: 'Alert' } });
  });

  it('writes signing in down, and wrong tokens, of which a stranger cannot make it write without end', async () => {
    await running.fetch('/sign-in', { method: 'POST', headers: {}, body: new URLSearchParams({ token: adminToken }) });
    for (let minute = 0; minute < 10; minute++) {
      for (let i = 0; i < 12; i++) await wrongSignIn();
      await clock.advance(60_000);
    }
    await clock.advance(3_600_000);
    await wrongSignIn();
    await expect.poll(async () => (await entries()).length).toBe(1 + 40 + 1);
    const [last, ...before] = await entries();
    expect(last).toMatchObject({
      ...{ who: 'anonymous', what: 'signIn', outcome: 'refused', address: '127.0.0.1' },
      detail: { leftOutBefore: 60 },
    });
    expect(before.at(-1)).toMatchObject({ who: 'admin', what: 'signIn', outcome: 'done', detail: { by: 'token' } });
  });
});

describe('auditDetail', () => {
  it('is small, holds no secret, and never throws, whatever was sent', () => {
    fc.assert(
      fc.property(fc.object({ maxDepth: 12, key: fc.constantFrom('a', 'apiToken', 'password', 'note') }), (args) => {
        const text = JSON.stringify(auditDetail({ ...args, clientSecret: 'hidden-thing' }, undefined, undefined));
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4_200);
        expect(text).not.toContain('hidden-thing');
      }),
    );
    let deep: unknown = 'x';
    for (let i = 0; i < 50_000; i++) deep = [deep];
    expect(JSON.stringify(auditDetail({ deep, note: 'x'.repeat(9_000) }, undefined, undefined)).length).toBeLessThan(
      700,
    );
  });
});
