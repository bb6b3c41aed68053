import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../../testing/start-server.js';

describe('raiseAlert', () => {
  let running: RunningServer;
  beforeEach(async () => {
    running = await startServer();
  });
  afterEach(() => running.close());

  const raise = async (input: string) => {
    const answer = await running.graphql(
      `mutation { raiseAlert(input: ${input}) { __typename ... on Alert { name } ... on Problem { code message } } }`,
    );
    return answer.data ?? answer.errors;
  };

  it('hands on what was said, and nothing that was not', async () => {
    expect(
      await raise('{ name: "OrderRejected", severity: CRITICAL, title: "refused", labels: { bot: "grid" } }'),
    ).toEqual({
      raiseAlert: { __typename: 'Alert', name: 'OrderRejected' },
    });
    expect(running.pipeline.told.at(-1)).toEqual({
      ...{ what: 'raise', name: 'OrderRejected', severity: 'critical', title: 'refused', labels: { bot: 'grid' } },
    });
  });

  it('is a conflict when a limit holds it back', async () => {
    expect(await raise('{ name: "Spam", severity: INFO, title: "x" }')).toMatchObject({
      raiseAlert: { __typename: 'Conflict', code: 'CONFLICT' },
    });
  });

  it.each(['"x"', '["a"]', '{ n: 3 }'])('refuses labels that are no object of texts: %s', async (labels) => {
    expect(await raise(`{ name: "A", severity: INFO, title: "x", labels: ${labels} }`)).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', path: 'input.labels' } },
    ]);
  });
});
