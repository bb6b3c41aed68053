import { FakeClock } from '@tapewatch/model/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, SocketClient } from '../testing/socket-client.js';
import type { RunningServer } from '../testing/start-server.js';
import { adminToken, startServer } from '../testing/start-server.js';

const sessionMs = 30 * 86_400_000;

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
    clock.jump(sessionMs - 5000);
    const client = await connect();
    client.subscribe('1', 'subscription { alertEvents { cursor } }');
    await eventually(() => running.pipeline.alertStream.listeners === 1);
    await clock.advance(4999);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    await clock.advance(1);
    expect(await client.closed).toEqual({ code: 4403, reason: 'The session is over' });
    await eventually(() => running.pipeline.alertStream.listeners === 0);
  });

  it('leaves no timer behind', async () => {
    const before = clock.pendingTimers;
    const client = await connect();
    expect(clock.pendingTimers).toBe(before + 1);
    client.close();
    await eventually(() => clock.pendingTimers === before);
  });
});
