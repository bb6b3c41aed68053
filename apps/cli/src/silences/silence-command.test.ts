import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExitCode } from '../exit-codes.js';
import { english } from '../messages/english.js';
import { korean } from '../messages/korean.js';
import { RecordingTerminal } from '../testing/recording-terminal.js';
import { addSilenceCommand } from './silence-command.js';

const now = Date.UTC(2026, 0, 31, 9, 30);

const silence = {
  id: 's1',
  matchers: ['venue="binance"', 'feed!~"o.*"'],
  startsAt: '2026-01-31T09:30:00.000Z',
  endsAt: '2026-01-31T10:30:00.000Z',
  createdBy: 'jin',
  comment: 'works on the venue',
  state: 'ACTIVE',
  recurring: null,
};

/** Answers one after the other; what was asked by operation and variables. */
async function run(answers: readonly unknown[], args: readonly string[], { input = '', messages = english } = {}) {
  const terminal = new RecordingTerminal();
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  const asked: unknown[] = [];
  let code: ExitCode | undefined;
  addSilenceCommand(program, {
    ...{ terminal, messages, setCode: (result) => (code = result) },
    clock: { now: () => now },
    input: Readable.from([input]),
    findServer: () =>
      Promise.resolve({
        graphql: <T>(query: string, variables?: unknown) => {
          asked.push([
            /(createSilence|updateSilence|expireSilence|previewSilence|silences|silence)\(/.exec(query)?.[1],
            variables,
          ]);
          return Promise.resolve(answers[asked.length - 1] as T);
        },
      }),
  });
  await program.parseAsync(['silence', ...args], { from: 'user' });
  return { code, asked, out: terminal.outLines, error: terminal.errorLines };
}

const made = (id: string) => ({ silence: { id } });
const refusal = (message: string) => ({ silence: { code: 'INVALID_INPUT', message } });

describe('tapewatch silence', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'silence-command-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('adds one for a time, and prints its id alone', async () => {
    expect(
      await run([made('s1')], ['add', 'venue="binance"', 'a=b', '--comment', 'works', '--duration', '2h']),
    ).toEqual({
      code: 0,
      asked: [
        [
          'createSilence',
          { input: { matchers: ['venue="binance"', 'a=b'], comment: 'works', endsAt: '2026-01-31T11:30:00.000Z' } },
        ],
      ],
      out: ['s1'],
      error: [],
    });
  });

  it('adds one that comes back, from a start, in another name', async () => {
    const line =
      'add a=b --comment x --start 2026-02-01 --duration 1d --author kim --times 09:00-17:00,22:00-24:00 --weekdays monday:friday,sunday --zone Asia/Seoul';
    const { asked } = await run([made('s1')], line.split(' '));
    expect(asked[0]).toEqual([
      'createSilence',
      {
        input: {
          ...{ matchers: ['a=b'], comment: 'x', createdBy: 'kim' },
          ...{ startsAt: '2026-02-01T00:00:00.000Z', endsAt: '2026-02-02T00:00:00.000Z' },
          recurring: [
            {
              times: [
                { start: '09:00', end: '17:00' },
                { start: '22:00', end: '24:00' },
              ],
              weekdays: ['monday:friday', 'sunday'],
              location: 'Asia/Seoul',
            },
          ],
        },
      },
    ]);
  });

  it('shows what one would cover instead of making it', async () => {
    const preview = { active: [{ name: 'A', labels: { alertname: 'A', venue: 'binance' } }], pastCount: 4 };
    expect(await run([{ preview }], 'add a=b --comment x --duration 1h --preview'.split(' '))).toMatchObject({
      code: 0,
      asked: [['previewSilence', { matchers: ['a=b'] }]],
      out: [
        'alertname="A" venue="binance"',
        'It would cover 1 alerts now; of the last 7 days it would have covered 4.',
      ],
    });
  });

  it('lists those that stand, or those that are over', async () => {
    const silences = [silence, { ...silence, id: 's2', state: 'PENDING' }, { ...silence, id: 's3', state: 'EXPIRED' }];
    const { out, asked } = await run([{ silences }], ['query', 'venue="binance"']);
    expect(asked).toEqual([['silences', { matchers: ['venue="binance"'] }]]);
    expect(out.map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([
      ['ID', 'STATE'],
      ['s1', 'active'],
      ['s2', 'pending'],
    ]);
    expect(out[1]).toContain('jin  venue="binance" feed!~"o.*"  works on the venue');
    expect((await run([{ silences }], ['query', '--expired', '-q'])).out).toEqual(['s3']);
    expect((await run([{ silences: [] }], ['query'], { messages: korean })).out).toEqual([
      '해당하는 사일런스가 없습니다.',
    ]);
    expect(JSON.parse((await run([{ silences }], ['query', '--json'])).out.join('\n'))).toHaveLength(2);
  });

  it('ends some', async () => {
    expect(await run([made('s1'), made('s2')], ['expire', 's1', 's2'])).toMatchObject({
      code: 0,
      asked: [
        ['expireSilence', { id: 's1' }],
        ['expireSilence', { id: 's2' }],
      ],
      out: ['Silence s1 is over.', 'Silence s2 is over.'],
    });
    expect(
      await run([{ silence: { code: 'NOT_FOUND', message: 'no silence has the id x' } }], ['expire', 'x']),
    ).toMatchObject({
      code: 1,
      error: ['no silence has the id x [NOT_FOUND]'],
    });
  });

  it('takes over what it lists, and what amtool lists: known ones are changed, others made, those that are over left out', async () => {
    const amtool = {
      ...{
        id: 'a1',
        startsAt: '2026-01-31T09:00:00.000Z',
        endsAt: '2026-01-31T12:00:00.000Z',
        createdBy: 'kim',
        comment: 'c',
      },
      ...{ updatedAt: 'x', status: { state: 'active' } },
      matchers: [
        { name: 'venue', value: 'bin.*', isRegex: true, isEqual: true },
        { name: 'a', value: 'x"y', isRegex: false },
        { name: 'b', value: 'z', isRegex: true, isEqual: false },
        { name: 'c', value: 'z', isRegex: false, isEqual: false },
      ],
    };
    const file = join(folder, 'silences.json');
    writeFileSync(
      file,
      JSON.stringify([silence, amtool, { ...silence, id: 'old', endsAt: '2026-01-31T09:00:00.000Z' }]),
    );
    const { code, asked, out, error } = await run(
      [{ silence: { id: 's1' } }, made('s1'), { silence: null }, made('new')],
      ['import', file],
    );
    expect({ code, out, error }).toEqual({
      code: 0,
      out: ['s1', 'new'],
      error: ['Silences taken over: 2. Left out as they are over: 1.'],
    });
    const { id: _id, state: _state, recurring: _none, ...ours } = silence;
    expect(asked).toEqual([
      ['silence', { id: 's1' }],
      ['updateSilence', { id: 's1', input: ours }],
      ['silence', { id: 'a1' }],
      [
        'createSilence',
        {
          input: {
            ...{ startsAt: amtool.startsAt, endsAt: amtool.endsAt, createdBy: 'kim', comment: 'c' },
            matchers: ['"venue"=~"bin.*"', '"a"="x\\"y"', '"b"!~"z"', '"c"!="z"'],
          },
        },
      ],
    ]);
  });

  it('makes all of them anew with --force, goes on behind one that is refused, and says how many there were', async () => {
    const { code, asked, error } = await run([refusal('bad matcher'), made('n')], ['import', '--force'], {
      input: JSON.stringify([silence, silence]),
    });
    expect(code).toBe(1);
    expect(asked.map((one) => (one as string[])[0])).toEqual(['createSilence', 'createSilence']);
    expect(error).toEqual(['s1: bad matcher', 'Silences taken over: 1. Left out as they are over: 0.']);
  });

  it.each([
    ['add a=b --comment x', '', '--duration'],
    ['add a=b --comment x --duration 1h --end 2026-02-01', '', '--duration'],
    ['add a=b --comment x --duration soon', '', 'soon'],
    ['add a=b --comment x --end tomorrow', '', 'tomorrow'],
    ['add a=b --comment x --duration 1h --times 9-17', '', '9-17'],
    ['add a=b --comment x --duration 1h --zone Asia/Seoul', '', '--zone'],
    ['import', '{}', 'no list'],
    ['import', '[{"matchers":[]}]', 'entry 1'],
    ['import', '[{"matchers":[{}],"endsAt":"x","comment":"c"}]', 'no name'],
    ['import /nowhere/at-all.json', '', '/nowhere/at-all.json'],
  ])('refuses "%s"', async (line, input, text) => {
    const { code, error } = await run([], line.split(' '), { input });
    expect(code).toBe(2);
    expect(error.join()).toContain(text);
  });
});
