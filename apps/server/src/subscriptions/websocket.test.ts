import type { AlertEvent } from '@tapewatch/model';
import { Labels } from '@tapewatch/model';
import { FakeClock } from '@tapewatch/model/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { sampleAlert, sampleStart, sampleReport } from '../testing/sample-data.js';
import { eventually, SocketClient } from '../testing/socket-client.js';
import type { RunningServer } from '../testing/start-server.js';
import { adminToken, bearer, startServer } from '../testing/start-server.js';

describe('GraphQL over WebSocket', () => {
  let running: RunningServer;
  let port: number;
  const clients: SocketClient[] = [];
  beforeEach(async () => {
    running = await startServer();
    port = running.server.port;
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await running.close();
  });

  const connect = async (): Promise<SocketClient> => {
    const client = await SocketClient.connect(port, adminToken);
    clients.push(client);
    return client;
  };
  const open = async (headers: Record<string, string> = {}, protocol?: string): Promise<SocketClient> => {
    const client = new SocketClient({ port, headers, ...(protocol === undefined ? {} : { protocol }) });
    clients.push(client);
    await client.opened;
    return client;
  };
  const firing = (change: Partial<AlertEvent> = {}): void =>
    void running.pipeline.alerts.stream.append({
      at: sampleStart,
      kind: 'firing',
      alertId: 'a1',
      state: 'firing',
      ...change,
    });
  const listening = (count: number): Promise<void> =>
    eventually(() => running.pipeline.alerts.stream.listeners === count);
  const alertEvents =
    'subscription($filter: AlertFilter, $after: String) { alertEvents(filter: $filter, after: $after) { cursor kind state alert { name } } }';

  it('sends alert events as they happen', async () => {
    const client = await connect();
    client.subscribe('1', alertEvents);
    await listening(1);
    firing();
    expect(await client.next()).toEqual({
      id: '1',
      type: 'next',
      payload: {
        data: { alertEvents: { cursor: '1', kind: 'FIRING', state: 'FIRING', alert: { name: 'ExchangeFeedStale' } } },
      },
    });
  });

  it('sends what was missed first, without a gap and without a duplicate', async () => {
    for (let i = 0; i < 5; i++) firing();
    let rounds = 2;
    running.pipeline.alerts.stream.onSince = () => {
      if (rounds-- > 0) firing();
    };
    const client = await connect();
    client.subscribe('1', alertEvents, { after: '2' });
    const cursors: unknown[] = [];
    while (cursors.length < 5)
      cursors.push(((await client.data()) as { alertEvents: { cursor: string } }).alertEvents.cursor);
    firing();
    cursors.push(((await client.data()) as { alertEvents: { cursor: string } }).alertEvents.cursor);
    expect(cursors).toEqual(['3', '4', '5', '6', '7', '8']);
  });

  it('sends the events that pass the filter alone', async () => {
    running.pipeline.alerts.list = [
      sampleAlert({ id: 'a1', labels: Labels.of({ alertname: 'A', severity: 'critical', venue: 'binance' }) }),
      sampleAlert({ id: 'a2', labels: Labels.of({ alertname: 'B', severity: 'info', venue: 'kraken' }) }),
    ];
    const client = await connect();
    client.subscribe('1', alertEvents, {
      filter: { severities: ['INFO'], matchers: ['venue="kraken"'], states: ['FIRING'] },
    });
    await listening(1);
    firing({ alertId: 'a1' });
    firing({ alertId: 'a2', state: 'pending' });
    firing({ alertId: 'a2' });
    expect(await client.data()).toMatchObject({ alertEvents: { cursor: '3' } });
  });

  it('reads the alert alone for each event that it filters, not the list', async () => {
    let lists = 0;
    let reads = 0;
    const { pipeline } = running;
    const [list, read] = [pipeline.read.alerts, pipeline.read.alert];
    pipeline.read.alerts = (request) => {
      lists++;
      return list(request);
    };
    pipeline.read.alert = (id) => {
      reads++;
      return read(id);
    };
    for (let i = 0; i < 300; i++) firing();
    const client = await connect();
    const cursors = 'subscription($filter: AlertFilter) { alertEvents(filter: $filter, after: "0") { cursor } }';
    client.subscribe('1', cursors, { filter: { matchers: ['venue="binance"'], severities: ['CRITICAL'] } });
    for (let i = 1; i <= 300; i++) expect(await client.data()).toEqual({ alertEvents: { cursor: String(i) } });
    expect([lists, reads]).toEqual([0, 300]);
  });

  it.each([
    [{ after: 'x' }, 'after'],
    [{ after: '-1' }, 'after'],
    [{ after: '99' }, 'after'],
    [{ filter: { matchers: ['!'] } }, 'filter.matchers'],
  ])('refuses %j with an error and no event', async (variables, path) => {
    const client = await connect();
    client.subscribe('1', alertEvents, variables);
    const message = await client.next();
    const payload = message.payload as { errors?: unknown[] } | unknown[];
    const errors = Array.isArray(payload) ? payload : payload.errors;
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', path } }]);
    await eventually(() => running.pipeline.recorded.observe('tapewatch.subscriptions') === 0);
  });

  it('sends health events', async () => {
    const client = await connect();
    running.pipeline.health.stream.append({ at: sampleStart, component: 'exchange', status: 'healthy' });
    client.subscribe('1', 'subscription { healthEvents(after: "0") { cursor component previous status } }');
    running.pipeline.health.stream.append({
      at: sampleStart,
      component: 'exchange',
      previous: 'healthy',
      status: 'unhealthy',
    });
    expect(await client.data()).toEqual({
      healthEvents: { cursor: '1', component: 'exchange', previous: null, status: 'HEALTHY' },
    });
    expect(await client.data()).toEqual({
      healthEvents: { cursor: '2', component: 'exchange', previous: 'HEALTHY', status: 'UNHEALTHY' },
    });
  });

  it('sends report events, those that were missed first', async () => {
    const client = await connect();
    running.pipeline.reports.stream.append({ at: sampleStart, report: sampleReport() });
    client.subscribe('1', 'subscription { reportEvents(after: "0") { cursor at report { id kind } } }');
    expect(await client.data()).toEqual({
      reportEvents: {
        cursor: '1',
        at: '2026-01-31T09:30:00.000Z',
        report: { id: 'daily-2026-01-30-abcdefgh', kind: 'DAILY' },
      },
    });
    running.pipeline.reports.stream.append({ at: sampleStart, report: sampleReport({ id: 'next' }) });
    expect(await client.data()).toMatchObject({ reportEvents: { cursor: '2', report: { id: 'next' } } });
  });

  it('sends metric updates on ticks', async () => {
    const client = await connect();
    client.subscribe(
      '1',
      'subscription { metricUpdates(query: "up", every: "2s") { ... on MetricResult { at series { points { value } } } } }',
    );
    await eventually(() => running.pipeline.tickListeners === 1);
    const next = client.data();
    running.pipeline.tick(sampleStart);
    expect(await next).toEqual({
      metricUpdates: { at: '2026-01-31T09:30:00.000Z', series: [{ points: [{ value: 1 }] }] },
    });
    running.pipeline.tick(sampleStart + 1000);
    running.pipeline.tick(sampleStart + 2000);
    expect(await client.data()).toMatchObject({ metricUpdates: { at: '2026-01-31T09:30:02.000Z' } });
  });

  it('answers a wrong query in the union, and completes', async () => {
    const client = await connect();
    client.subscribe('1', 'subscription { metricUpdates(query: "sum(") { __typename ... on InvalidInput { path } } }');
    expect(await client.data()).toEqual({ metricUpdates: { __typename: 'InvalidInput', path: '1:5' } });
    expect(await client.next()).toEqual({ id: '1', type: 'complete' });
    client.subscribe('2', 'subscription { metricUpdates(query: "up", every: "500ms") { __typename } }');
    expect(JSON.stringify(await client.next())).toContain('every must be 1s or more');
  });

  it('ends a subscription that fell too far behind with the cursor to resume from', async () => {
    const client = await connect();
    client.subscribe('1', alertEvents);
    await listening(1);
    for (let i = 0; i < 5000; i++) firing();
    let last = '';
    for (;;) {
      const message = await client.next();
      if (message.type === 'next') {
        last = (message.payload as { data: { alertEvents: { cursor: string } } }).data.alertEvents.cursor;
        continue;
      }
      expect(message).toMatchObject({
        id: '1',
        type: 'error',
        payload: [{ extensions: { code: 'UNAVAILABLE', cursor: last } }],
      });
      break;
    }
    client.subscribe('2', alertEvents, { after: last });
    expect(await client.data()).toMatchObject({ alertEvents: { cursor: String(Number(last) + 1) } });
  });

  it('counts open subscriptions, and frees what they hold', async () => {
    const count = (): number | undefined => running.pipeline.recorded.observe('tapewatch.subscriptions');
    const [one, other] = [await connect(), await connect()];
    one.subscribe('1', alertEvents);
    one.subscribe('2', 'subscription { metricUpdates(query: "up") { __typename } }');
    other.subscribe('1', alertEvents);
    await eventually(() => count() === 3);
    one.send({ id: '1', type: 'complete' });
    await eventually(() => count() === 2);
    one.close();
    other.close();
    await eventually(() => count() === 0);
    expect([running.pipeline.alerts.stream.listeners, running.pipeline.tickListeners]).toEqual([0, 0]);
  });

  it('answers queries and mutations as well, and masks what is unexpected', async () => {
    const client = await connect();
    client.subscribe('1', 'mutation { testChannel(name: "console") { ... on ChannelTest { outcome } } }');
    expect(await client.data()).toEqual({ testChannel: { outcome: 'SENT' } });
    await client.next();
    client.subscribe('2', '{ metric(query: "boom") { __typename } }');
    const failed = JSON.stringify(await client.next());
    expect(failed).toContain('INTERNAL');
    expect(failed).not.toContain('secret');
    await client.next();
    running.pipeline.read.alert = () => Promise.reject(new Error('the secret of the store'));
    client.subscribe('3', alertEvents);
    await listening(1);
    firing();
    const broken = JSON.stringify(await client.next());
    expect(broken).toContain('INTERNAL');
    expect(broken).not.toContain('secret');
    expect(running.logger.lines.filter((line) => line.level === 'error')).toHaveLength(2);
  });

  it.each([
    ['{ health', 'GRAPHQL_PARSE_FAILED'],
    ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    [`{ ${Array.from({ length: 40 }, (_, i) => `a${i}: __typename`).join(' ')} }`, 'GRAPHQL_VALIDATION_FAILED'],
    [`{ ${'__typename '.repeat(2100)} }`, 'GRAPHQL_PARSE_FAILED'],
  ])('refuses a document as HTTP does: %.30s', async (query, code) => {
    const client = await connect();
    client.subscribe('1', query);
    expect(await client.next()).toMatchObject({ type: 'error', payload: [{ extensions: { code } }] });
  });

  it('takes 50 operations on a socket, and no more', async () => {
    const client = await connect();
    for (let i = 0; i < 50; i++) client.subscribe(`${i}`, alertEvents);
    await listening(50);
    client.subscribe('one more', alertEvents);
    expect(await client.next()).toMatchObject({
      id: 'one more',
      type: 'error',
      payload: [{ extensions: { code: 'UNAVAILABLE' } }],
    });
    client.send({ id: '0', type: 'complete' });
    await listening(49);
    client.subscribe('again', alertEvents);
    await listening(50);
  });

  it('takes 10 metricUpdates on a socket, no more, and another when one has ended', async () => {
    const client = await connect();
    const updates = 'subscription { metricUpdates(query: "up") { __typename } }';
    for (let i = 0; i < 10; i++) client.subscribe(`${i}`, updates);
    await eventually(() => running.pipeline.tickListeners === 10);
    client.subscribe('one more', updates);
    const refused = JSON.stringify(await client.next());
    expect(refused).toContain('At most 10 metricUpdates');
    expect(refused).toContain('UNAVAILABLE');
    await client.next().then((message) => expect(message).toMatchObject({ id: 'one more', type: 'complete' }));
    client.subscribe('other', alertEvents);
    await listening(1);
    client.send({ id: '3', type: 'complete' });
    await eventually(() => running.pipeline.tickListeners === 9);
    client.subscribe('again', updates);
    await eventually(() => running.pipeline.tickListeners === 10);
    const other = await connect();
    other.subscribe('1', updates);
    await eventually(() => running.pipeline.tickListeners === 11);
  });

  it.each([
    ['nothing', undefined, 4401],
    ['a wrong token', { authorization: 'Bearer wrong' }, 4403],
    ['a wrong type', { authorization: 12 }, 4403],
  ])('closes a socket that shows %s', async (_what, payload, code) => {
    const client = await open();
    client.send({ type: 'connection_init', ...(payload === undefined ? {} : { payload }) });
    expect((await client.closed).code).toBe(code);
  });

  it('takes the session cookie of a browser on the same origin, and no other site’s', async () => {
    const signedIn = await running.fetch('/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token: adminToken }),
    });
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] as string;
    const same = await open({ cookie, origin: `http://127.0.0.1:${port}` });
    same.send({ type: 'connection_init' });
    expect(await same.next()).toEqual({ type: 'connection_ack' });
    for (const origin of [
      'http://evil.example',
      `http://127.0.0.1:${port + 1}`,
      'null',
      `http://127.0.0.1:${port}.evil.example`,
    ]) {
      const other = new SocketClient({ port, headers: { cookie, origin } });
      expect(await other.opened).toBe(403);
    }
  });

  it('closes a socket that says nothing for three seconds', async () => {
    const client = await open();
    expect((await client.closed).code).toBe(4408);
  });

  it.each([
    ['a second connection_init', [{ type: 'connection_init' }], 4429],
    ['a message that is none', ['hello'], 4400],
    [
      'an operation under a name that is taken',
      [
        { id: '1', type: 'subscribe', payload: { query: 'subscription { healthEvents { cursor } }' } },
        { id: '1', type: 'subscribe', payload: { query: '{ __typename }' } },
      ],
      4409,
    ],
    ['a frame of more than 64 KiB', [{ type: 'ping', payload: { x: 'x'.repeat(65 * 1024) } }], 1009],
  ])('closes a socket that sends %s', async (_what, messages, code) => {
    const client = await connect();
    for (const message of messages) client.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    expect((await client.closed).code).toBe(code);
  });

  it('closes a socket that speaks another protocol', async () => {
    const client = new SocketClient({ port, protocol: 'graphql-ws' });
    clients.push(client);
    const code = await Promise.race([
      client.closed.then((closed) => closed.code),
      client.opened.then(() => client.closed).then((closed) => closed.code),
    ]);
    expect([4406, 1006]).toContain(code);
  });

  it('cuts a client that answers no pings, and no other', async () => {
    const clock = new FakeClock();
    const other = await startServer({ clock });
    const deaf = new WebSocket(`ws://127.0.0.1:${other.server.port}/graphql`, 'graphql-transport-ws', {
      autoPong: false,
    });
    const gone = new Promise((resolve) => deaf.once('close', resolve));
    const pinged = new Promise((resolve) => deaf.once('ping', resolve));
    await new Promise((resolve) => deaf.once('open', resolve));
    deaf.send(JSON.stringify({ type: 'connection_init', payload: bearer }));
    await new Promise((resolve) => deaf.once('message', resolve));
    const alive = await SocketClient.connect(other.server.port, adminToken);
    await clock.advance(15_000);
    await pinged;
    alive.subscribe('1', '{ __typename }');
    expect(await alive.data()).toEqual({ __typename: 'Query' });
    await clock.advance(15_000);
    expect(await gone).toBe(1006);
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
    alive.close();
    await other.close();
  });

  it('tells subscribers that it goes away, and takes no longer than it may', async () => {
    const client = await connect();
    client.subscribe('1', alertEvents);
    await listening(1);
    await running.server.close();
    expect((await client.closed).code).toBe(1001);
    expect(running.pipeline.alerts.stream.listeners).toBe(0);
  });
});
