import { FakeClock } from '@tapewatch/model/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, pass, SocketClient } from '../testing/socket-client.js';
import type { RunningServer } from '../testing/start-server.js';
import { adminToken, startServer } from '../testing/start-server.js';

const dayMs = 86_400_000;

describe('a socket opened by a session', () => {
  let clock: FakeClock;
  let running: RunningServer;
  let cookie: string;
  beforeEach(async () => {
    clock = new FakeClock();
    running = await startServer({ clock });
    const signedIn = await running.fetch('/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token: adminToken }),
    });
    cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] as string;
  });
  afterEach(() => running.close());

  const connect = async (): Promise<SocketClient> => {
    const client = new SocketClient({ port: running.server.port, headers: { cookie } });
    await client.opened;
    client.send({ type: 'connection_init' });
    expect(await client.next()).toEqual({ type: 'connection_ack' });
    return client;
  };

  it('is closed when the session is over, subscriptions and all', async () => {
    for (let day = 0; day < 87; day += 29) {
      clock.jump(29 * dayMs);
      expect((await running.fetch('/', { headers: { cookie } })).status).toBe(200);
    }
    clock.jump(3 * dayMs - 5000);
    const client = await connect();
    client.subscribe('1', 'subscription { alertEvents { cursor } }');
    await eventually(() => running.pipeline.alerts.stream.listeners === 1);
    await clock.advance(4999);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    await clock.advance(1);
    expect(await client.closed).toEqual({ code: 4403, reason: 'The token or session is over' });
    await eventually(() => running.pipeline.alerts.stream.listeners === 0);
  });

  it('is closed at once when somebody ends the session, and when it signs out', async () => {
    const client = await connect();
    const { sessions } = (await running.graphql('{ sessions { edges { node { id who address } } } }'))
      .data as never as {
      sessions: { edges: { node: { id: string; who: string; address: string } }[] };
    };
    expect(sessions.edges.map(({ node }) => [node.who, node.address])).toEqual([['admin', '127.0.0.1']]);
    const id = sessions.edges[0]?.node.id;
    const revoked = await running.graphql('mutation ($id: ID!) { revokeSession(id: $id) { __typename } }', { id });
    expect(revoked.data).toEqual({ revokeSession: { __typename: 'Session' } });
    expect(await client.closed).toEqual({ code: 4403, reason: 'The token or session is over' });
    expect((await running.fetch('/', { headers: { cookie } })).status).toBe(401);
  });

  it('keeps the session alive', async () => {
    const client = await connect();
    for (let day = 0; day < 60; day += 20) {
      clock.jump(20 * dayMs);
      await pass(clock, 60_000, client);
    }
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    expect((await running.fetch('/', { headers: { cookie } })).status).toBe(200);
  });

  it('leaves no timer behind', async () => {
    const before = clock.pendingTimers;
    const client = await connect();
    expect(clock.pendingTimers).toBe(before + 1);
    client.close();
    await eventually(() => clock.pendingTimers === before);
  });
});
