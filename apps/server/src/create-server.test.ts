import { connect } from 'node:net';
import { createServer as createNetServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { adminToken, startServer } from './testing/start-server.js';
import { SocketClient } from './testing/socket-client.js';

describe('createServer', () => {
  it('names the address that is taken, and the remedy', async () => {
    const other = createNetServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(startServer({ listen: { host: '127.0.0.1', port } })).rejects.toMatchObject({
      name: 'StartError',
      code: 'LISTEN_IN_USE',
      message: expect.stringMatching(
        new RegExp(`^127.0.0.1:${port} is in use.*server.listen.*TAPEWATCH_LISTEN`),
      ) as string,
    });
    await new Promise((resolve) => other.close(resolve));
  });

  it('names an address that cannot be had', async () => {
    await expect(startServer({ listen: { host: '192.0.2.1', port: 1 } })).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
    });
  });

  it('says where it is reached', async () => {
    const running = await startServer({ listen: { host: '0.0.0.0', port: 0 } });
    expect(running.server.url).toBe(`http://127.0.0.1:${running.server.port}`);
    await running.close();
  });

  it('adds no signal handlers, and warns of a short token', async () => {
    const before = (['SIGINT', 'SIGTERM', 'SIGUSR2'] as const).map((signal) => process.listenerCount(signal));
    const running = await startServer({ adminToken: 'short' });
    expect((['SIGINT', 'SIGTERM', 'SIGUSR2'] as const).map((signal) => process.listenerCount(signal))).toEqual(before);
    expect(running.logger.lines.find((line) => line.level === 'warn')?.message).toContain(
      'TAPEWATCH_ADMIN_TOKEN is short',
    );
    expect(JSON.stringify(running.logger.lines)).not.toContain('"short"');
    await running.close();
  });

  it('closes within two seconds whatever hangs, and safely twice', async () => {
    const running = await startServer();
    const { port } = running.server;
    const idle = connect(port, '127.0.0.1');
    const halfRequest = connect(port, '127.0.0.1', () =>
      halfRequest.write(
        `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${adminToken}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
      ),
    );
    for (const socket of [idle, halfRequest]) socket.on('error', () => undefined);
    const deaf = await SocketClient.connect(port, adminToken);
    deaf.socket.pause();
    running.pipeline.read.alerts = () => new Promise(() => undefined);
    const stuck = running.graphql('{ alerts { totalCount } }').catch(() => 'cut');

    const started = performance.now();
    await Promise.all([running.server.close(), running.server.close()]);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(await stuck).toBe('cut');
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
    idle.destroy();
    await running.close();
  });

  it('lets a request that is under way end', async () => {
    const running = await startServer();
    const found = running.pipeline.read.alerts;
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      running.pipeline.read.alerts = async (request) => {
        resolve();
        await new Promise<void>((done) => (answer = done));
        return found(request);
      };
    });
    const request = running.graphql('{ alerts { totalCount } }');
    await asked;
    const closed = running.server.close();
    answer();
    expect(await request).toEqual({ data: { alerts: { totalCount: 1 } } });
    await closed;
  });
});
