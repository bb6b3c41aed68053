import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { ExitCode } from '../exit-codes.js';
import { english } from '../messages/english.js';
import { korean } from '../messages/korean.js';
import { RecordingTerminal } from '../testing/recording-terminal.js';
import { addAlertCommand } from './alert-command.js';

const now = Date.UTC(2026, 0, 31, 9, 30);

const alert = {
  ...{ id: 'a1', name: 'FeedStale', state: 'FIRING', severity: 'CRITICAL', startsAt: '2026-01-31T09:30:00.000Z' },
  labels: { alertname: 'FeedStale', severity: 'critical', venue: 'binance' },
  acknowledgement: { by: 'jin' },
  ...{ silencedBy: ['s1'], inhibitedBy: ['a2'] },
};

async function run(answer: unknown, line: string, messages = english) {
  const terminal = new RecordingTerminal();
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  const asked: unknown[] = [];
  let code: ExitCode | undefined;
  addAlertCommand(program, {
    ...{ terminal, messages, setCode: (result) => (code = result) },
    clock: { now: () => now },
    findServer: () =>
      Promise.resolve({
        graphql: <T>(query: string, variables?: unknown) => {
          asked.push([/(\w+Alert|alerts)\(/.exec(query)?.[1], variables]);
          return Promise.resolve(answer as T);
        },
      }),
  });
  await program.parseAsync(['alert', ...line.split(' ')], { from: 'user' });
  return { code, asked, out: terminal.outLines, error: terminal.errorLines };
}

const done = { alert: { id: 'a1', name: 'FeedStale' } };

describe('tapewatch alert', () => {
  it('lists alerts with how they stand, and says how many more there are', async () => {
    const alerts = { totalCount: 3, edges: [{ node: alert }] };
    const { asked, out } = await run({ alerts }, 'list venue="binance" --state firing,resolved --silenced --last 1');
    expect(asked).toEqual([
      [
        'alerts',
        { first: 1, filter: { matchers: ['venue="binance"'], states: ['FIRING', 'RESOLVED'], silenced: true } },
      ],
    ]);
    expect(out.map((row) => row.split(/ {2,}/))).toEqual([
      ['ID', 'STATE', 'SEVERITY', 'SINCE', 'NAME', 'STANDING', 'LABELS'],
      [
        'a1',
        'firing',
        'critical',
        '2026-01-31T09:30:00.000Z',
        'FeedStale',
        'acknowledged by jin, silenced, inhibited',
        'venue=binance',
      ],
      ['and 2 more'],
    ]);
    const none = { alerts: { totalCount: 0, edges: [] } };
    expect((await run(none, 'list --acknowledged', korean)).out).toEqual(['해당하는 알림이 없습니다.']);
    expect(JSON.parse((await run({ alerts }, 'list --json')).out.join('\n'))).toEqual([alert]);
  });

  it('takes one in hand, for as long as is said', async () => {
    expect(await run(done, 'ack a1 --note mine --until 2h')).toEqual({
      code: 0,
      asked: [['acknowledgeAlert', { id: 'a1', note: 'mine', until: '2026-01-31T11:30:00.000Z' }]],
      out: ['FeedStale is acknowledged until 2026-01-31T11:30:00.000Z.'],
      error: [],
    });
    expect((await run(done, 'ack a1 --until 2026-02-01')).asked).toMatchObject([
      ['acknowledgeAlert', { until: '2026-02-01T00:00:00.000Z' }],
    ]);
    expect((await run(done, 'ack a1')).out).toEqual(['FeedStale is acknowledged.']);
    expect((await run(done, 'unack a1')).asked).toEqual([['unacknowledgeAlert', { id: 'a1' }]]);
  });

  it('resolves one, with the reason', async () => {
    expect(await run(done, 'resolve a1 --reason mended')).toMatchObject({
      code: 0,
      asked: [['resolveAlert', { id: 'a1', reason: 'mended' }]],
      out: ['FeedStale is resolved.'],
    });
    expect(await run({ alert: { code: 'NOT_FOUND', message: 'no alert has the id x' } }, 'resolve x')).toMatchObject({
      code: 1,
      error: ['no alert has the id x [NOT_FOUND]'],
    });
  });

  it('raises one, and prints its id alone', async () => {
    expect(
      await run(done, 'raise --name A --severity critical --title t --label bot=grid --label x=a=b --ends-in 30m'),
    ).toMatchObject({
      code: 0,
      asked: [
        [
          'raiseAlert',
          {
            input: {
              name: 'A',
              severity: 'CRITICAL',
              title: 't',
              labels: { bot: 'grid', x: 'a=b' },
              endsAt: '2026-01-31T10:00:00.000Z',
            },
          },
        ],
      ],
      out: ['a1'],
    });
  });

  it.each([
    ['list --state open', 'open'],
    ['list --last 0', '--last 0'],
    ['ack a1 --until soon', 'soon'],
    ['raise --name A --severity bad --title t', 'bad'],
    ['raise --name A --severity info --title t --label x', '--label x'],
    ['raise --name A --severity info --title t --ends-in soon', '--ends-in soon'],
  ])('refuses "%s"', async (line, text) => {
    const { code, error } = await run({}, line);
    expect(code).toBe(2);
    expect(error.join()).toContain(text);
  });
});
