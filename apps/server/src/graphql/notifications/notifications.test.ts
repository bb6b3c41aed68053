import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../../testing/start-server.js';
import type { RunningServer } from '../../testing/start-server.js';

describe('notifications over GraphQL', { timeout: 60_000 }, () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer();
  });
  afterAll(() => running.close());

  const data = async (query: string) => (await running.graphql(query)).data;

  it('shows the ledger, of one alert and page by page', async () => {
    expect(
      await data(`{ notifications(alert: "a2", first: 5) {
        edges { cursor node { id at channel alertIds outcome reason attempts latencyMs idempotencyKey text } }
        pageInfo { hasNextPage endCursor }
      } }`),
    ).toEqual({
      notifications: {
        edges: [
          {
            cursor: '1',
            node: {
              id: '1',
              at: expect.stringMatching(/Z$/) as string,
              channel: 'console',
              alertIds: ['a1', 'a2'],
              outcome: 'DEAD',
              reason: 'HTTP 401',
              attempts: 3,
              latencyMs: 12.5,
              idempotencyKey: 'console/g/1',
              text: '[FIRING:2]',
            },
          },
        ],
        pageInfo: { hasNextPage: false, endCursor: '1' },
      },
    });
    expect(
      await data(
        '{ notifications(first: 1, after: "3") { edges { node { outcome text } } pageInfo { hasNextPage } } }',
      ),
    ).toEqual({
      notifications: { edges: [{ node: { outcome: 'NOT_SENT', text: null } }], pageInfo: { hasNextPage: true } },
    });
    const wrong = await running.graphql('{ notifications(after: "broken") { edges { cursor } } }');
    expect(JSON.stringify(wrong)).toContain('after is no cursor of this list');
  });

  it('shows what a channel would say', async () => {
    expect(
      await data(`{
        a: messagePreview(channel: "console") { ... on MessagePreview { channel title text } }
        b: messagePreview(channel: "nope") { __typename }
      }`),
    ).toEqual({ a: { channel: 'console', title: 'T', text: 'x' }, b: { __typename: 'NotFound' } });
  });

  it('sends dead letters again, and says what is none', async () => {
    expect(
      await data(`mutation {
        a: replayNotification(id: "1") { ... on Notification { outcome } }
        b: replayNotification(id: "2") { __typename }
        c: replayNotification(id: "9") { __typename }
        d: replayDeadLetters(channel: "console") { ... on Replay { channel count } }
        e: replayDeadLetters(channel: "nope") { ... on Problem { code } }
      }`),
    ).toEqual({
      a: { outcome: 'RETRYING' },
      b: { __typename: 'Conflict' },
      c: { __typename: 'NotFound' },
      d: { channel: 'console', count: 1 },
      e: { code: 'NOT_FOUND' },
    });
  });
});
