import { FakeClock } from '@tapewatch/model/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, pass, SocketClient } from '../testing/socket-client.js';
import type { RunningServer } from '../testing/start-server.js';
import { adminToken, startServer } from '../testing/start-server.js';

describe('a socket opened by a token', () => {
  let clock: FakeClock;
  let running: RunningServer;
  beforeEach(async () => {
    clock = new FakeClock();
    running = await startServer({ clock });
  });
  afterEach(() => running.close());

  const subscribed = async (token: string): Promise<SocketClient> => {
    const before = running.pipeline.alerts.stream.listeners;
    const client = await SocketClient.connect(running.server.port, token);
    client.subscribe('1', 'subscription { alertEvents { cursor } }');
    await eventually(() => running.pipeline.alerts.stream.listeners === before + 1);
    return client;
  };
  const create = async (name: string, expiresIn: string | null = null): Promise<string> => {
    const query = `mutation ($name: String!, $expiresIn: Duration) {
      createToken(name: $name, role: VIEWER, expiresIn: $expiresIn) { ... on CreatedToken { secret } }
    }`;
    const { data } = await running.graphql(query, { name, expiresIn });
    return (data as never as { createToken: { secret: string } }).createToken.secret;
  };

  it('is closed at once when the token is revoked, and no other is', async () => {
    const [ci, other, admin] = [await create('ci'), await create('other'), adminToken];
    const clients = [await subscribed(ci), await subscribed(other), await subscribed(admin)] as const;
    await running.graphql('mutation { revokeToken(name: "ci") { __typename } }');
    expect(await clients[0].closed).toEqual({ code: 4403, reason: 'The token or session is over' });
    await eventually(() => running.pipeline.alerts.stream.listeners === 2);
    for (const client of clients.slice(1)) expect(client.socket.readyState).toBe(client.socket.OPEN);
    const refused = new SocketClient({ port: running.server.port });
    await refused.opened;
    refused.send({ type: 'connection_init', payload: { authorization: `Bearer ${ci}` } });
    expect((await refused.closed).code).toBe(4403);
  });

  it('is closed when the token expires', async () => {
    const client = await subscribed(await create('short', '90s'));
    await pass(clock, 89_999, client);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    await clock.advance(1);
    expect((await client.closed).code).toBe(4403);
  });
});
