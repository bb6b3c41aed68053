import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleAlert, sampleSilence, sampleStart } from '../../testing/sample-data.js';
import { startServer, type RunningServer } from '../../testing/start-server.js';

describe('silences', () => {
  let running: RunningServer;
  beforeEach(async () => {
    running = await startServer();
  });
  afterEach(() => running.close());

  const ask = async (document: string): Promise<unknown> => {
    const answer = await running.graphql(document);
    return answer.errors ?? answer.data;
  };

  it('are shown with all that they are', async () => {
    expect(
      await ask(`{ silences {
        id matchers startsAt endsAt createdBy comment active state updatedAt
        recurring { times { start end } weekdays daysOfMonth months years location }
      } }`),
    ).toEqual({
      silences: [
        {
          id: 's1',
          matchers: ['venue="binance"', 'feed!~"order.*"'],
          startsAt: '2026-01-31T09:30:00.000Z',
          endsAt: '2026-01-31T10:30:00.000Z',
          createdBy: 'jin',
          comment: 'maintenance of the venue',
          active: true,
          state: 'ACTIVE',
          updatedAt: '2026-01-31T09:30:00.000Z',
          recurring: [
            {
              times: [{ start: '09:00', end: '17:00' }],
              weekdays: ['monday:friday'],
              daysOfMonth: ['1'],
              months: null,
              years: null,
              location: 'Asia/Seoul',
            },
          ],
        },
      ],
    });
  });

  it('are narrowed down to those that are active, or are not', async () => {
    const { recurring: _none, ...plain } = sampleSilence({ id: 's2', state: 'pending' });
    running.pipeline.silences.list = [sampleSilence(), plain, sampleSilence({ id: 's3', state: 'expired' })];
    expect(await ask('{ silences(active: true) { id } }')).toEqual({ silences: [{ id: 's1' }] });
    expect(await ask('{ silences(active: false) { id recurring { location } active } }')).toMatchObject({
      silences: [{ id: 's2', recurring: null, active: false }, { id: 's3' }],
    });
    expect(await ask('{ a: silence(id: "s2") { state } b: silence(id: "s9") { state } }')).toEqual({
      a: { state: 'PENDING' },
      b: null,
    });
  });

  it('are made in the name of whoever asks, with the times at which they come back', async () => {
    const answer = await ask(`mutation { createSilence(input: {
      matchers: ["venue=\\"binance\\""], startsAt: "2026-01-31T09:30:00Z", endsAt: "2026-02-28T09:30:00Z", comment: "funding hours",
      recurring: [{ times: [{ start: "23:55", end: "24:00" }], daysOfMonth: ["-1"], months: ["1:6"], years: ["2026"], location: "Asia/Seoul" }]
    }) { __typename ... on Silence { id comment } } }`);
    expect(answer).toEqual({ createSilence: { __typename: 'Silence', id: 's1', comment: 'funding hours' } });
    expect(running.pipeline.told.at(-1)).toEqual({
      what: 'silence',
      matchers: ['venue="binance"'],
      startsAt: sampleStart,
      endsAt: sampleStart + 28 * 86_400_000,
      comment: 'funding hours',
      createdBy: 'admin',
      recurring: [
        {
          times: [{ start_time: '23:55', end_time: '24:00' }],
          days_of_month: ['-1'],
          months: ['1:6'],
          years: ['2026'],
          location: 'Asia/Seoul',
        },
      ],
    });
  });

  it('are changed and ended by their id, and the audit log shows them before and after', async () => {
    const input = '{ matchers: ["a=b"], endsAt: "2026-02-28T09:30:00Z", comment: "x" }';
    const fields = '{ __typename ... on Silence { state } ... on Problem { code } }';
    expect(await ask(`mutation { updateSilence(id: "s1", input: ${input}) ${fields} }`)).toEqual({
      updateSilence: { __typename: 'Silence', state: 'ACTIVE' },
    });
    expect(running.pipeline.told.at(-1)).toMatchObject({ what: 'silence', id: 's1', matchers: ['a=b'] });
    expect(await ask(`mutation { expireSilence(id: "s1") ${fields} }`)).toEqual({
      expireSilence: { __typename: 'Silence', state: 'EXPIRED' },
    });
    for (const document of [`updateSilence(id: "s9", input: ${input})`, 'expireSilence(id: "s9")'])
      expect(Object.values((await ask(`mutation { a: ${document} ${fields} }`)) as object)).toEqual([
        { __typename: 'NotFound', code: 'NOT_FOUND' },
      ]);
    const ended = async (): Promise<unknown> => {
      const page = await running.pipeline.access.audit.page({ first: 10 });
      if (!page.ok) return undefined;
      return page.value.items.find(({ node }) => node.what === 'expireSilence' && node.outcome === 'done')?.node;
    };
    // Nobody waits for the audit log to be written.
    await expect.poll(ended).toMatchObject({
      target: 's1',
      detail: { before: { matchers: ['venue="binance"', 'feed!~"order.*"'], state: 'active' } },
    });
  });

  it('are previewed', async () => {
    const fields =
      '{ __typename ... on SilencePreview { active { id } pastCount past { id } } ... on Problem { code } }';
    expect(await ask(`{ previewSilence(matchers: ["a=b"], range: "1d") ${fields} }`)).toEqual({
      previewSilence: { __typename: 'SilencePreview', active: [{ id: 'a1' }], pastCount: 3, past: [] },
    });
    expect(running.pipeline.told.at(-1)).toMatchObject({ what: 'preview', matchers: ['a=b'] });
    expect(await ask(`{ previewSilence(matchers: []) ${fields} }`)).toEqual({
      previewSilence: { __typename: 'InvalidInput', code: 'INVALID_INPUT' },
    });
  });

  it('stand beside the alerts that they cover', async () => {
    running.pipeline.alerts.list = [sampleAlert({ silencedBy: ['s1'], inhibitedBy: ['a2'] })];
    expect(await ask('{ alert(id: "a1") { silencedBy inhibitedBy } }')).toEqual({
      alert: { silencedBy: ['s1'], inhibitedBy: ['a2'] },
    });
  });
});
