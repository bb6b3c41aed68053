import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@tapewatch/model';
import { RecordingLogger } from '@tapewatch/model/testing';
import { buildSchema } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAccess } from '../access/create-access.js';
import { openAccess } from '@tapewatch/pipeline/access';
import type { OpenAccess } from '@tapewatch/pipeline/access';
import { FakePipeline } from '../testing/fake-pipeline/fake-pipeline.js';
import { eventually, SocketClient } from '../testing/socket-client.js';
import type { SubscriptionSockets } from './websocket-server.js';
import { attachWebSockets } from './websocket-server.js';

describe('attachWebSockets', () => {
  let httpServer: Server;
  let sockets: SubscriptionSockets;
  let stored: OpenAccess;
  let port: number;
  beforeEach(async () => {
    httpServer = createServer();
    stored = await openAccess({ clock: systemClock, logger: new RecordingLogger() });
    const access = await createAccess({
      pipeline: new FakePipeline(stored.access),
      ...{ adminToken: 'x', localToken: 'y', clock: systemClock, url: () => '' },
      listening: { proxiesOnly: false },
    });
    sockets = attachWebSockets({
      httpServer,
      schema: buildSchema('type Query { a: Int }'),
      access,
      onAccessEnd: (listener) => stored.access.onEnd(listener),
      clock: systemClock,
      logger: new RecordingLogger(),
      mostSockets: 2,
    });
    await new Promise<void>((resolve) => httpServer.listen(0, '127.0.0.1', resolve));
    port = (httpServer.address() as AddressInfo).port;
  });
  afterEach(async () => {
    await sockets.close();
    await stored.close();
    await new Promise((resolve) => httpServer.close(resolve));
  });

  it('refuses sockets beyond the limit with 503, and takes another when one has gone', async () => {
    const [first, second] = [new SocketClient({ port }), new SocketClient({ port })];
    expect(await Promise.all([first.opened, second.opened])).toEqual([undefined, undefined]);
    expect(await new SocketClient({ port }).opened).toBe(503);
    first.close();
    await first.closed;
    const attempts: SocketClient[] = [];
    // The server may learn of the end a moment after the client.
    await eventually(
      () =>
        attempts.some(({ socket }) => socket.readyState === socket.OPEN) || !attempts.push(new SocketClient({ port })),
    );
    for (const client of [second, ...attempts]) client.close();
  });
});
