import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimeInterval, type TimeIntervalFault, type TimeIntervalFields } from './time-interval.js';
import { wallTimeIn } from './wall-time.js';

function interval(fields: TimeIntervalFields): TimeInterval {
  const parsed = TimeInterval.parse(fields);
  if (!parsed.ok) throw new Error(parsed.faults.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return parsed.value;
}

function faultsOf(value: unknown): readonly TimeIntervalFault[] {
  const parsed = TimeInterval.parse(value);
  return parsed.ok ? [] : parsed.faults;
}

const workingHours = { start_time: '09:00', end_time: '17:00' };

/** As Alertmanager's table for ContainsTime has it, by what is in and what is not. */
const table: readonly (readonly [string, TimeIntervalFields, readonly string[], readonly string[]])[] = [
  ['nothing limits', {}, ['2020-07-08T09:00Z', '2020-07-08T23:59Z'], []],
  [
    'business hours of working days',
    { times: [workingHours], weekdays: ['monday:friday'] },
    ['2020-07-08T15:00Z', '2020-07-08T09:00Z', '2020-07-08T16:59:59.999Z'],
    ['2020-07-11T15:00Z', '2020-07-08T08:59Z', '2020-07-08T17:00Z'],
  ],
  [
    'New Year’s Eve of two years',
    { days_of_month: ['-1'], months: ['december'], years: ['2020:2021'] },
    ['2020-12-31T23:59Z', '2021-12-31T10:00Z'],
    ['2019-12-31T10:00Z', '2021-11-30T10:00Z', '2022-12-31T10:00Z'],
  ],
  [
    'the last three days of a month, also of a short one',
    { days_of_month: ['-3:-1'] },
    ['2020-02-29T00:00Z', '2020-02-27T00:00Z', '2021-02-26T00:00Z', '2020-12-29T00:00Z'],
    ['2020-02-26T00:00Z', '2021-02-25T00:00Z', '2020-12-28T00:00Z'],
  ],
  [
    'a range that begins after the end of a short month',
    { days_of_month: ['30:31'] },
    ['2021-01-30T00:00Z', '2021-04-30T00:00Z'],
    ['2021-02-28T00:00Z', '2021-04-29T00:00Z'],
  ],
  [
    'a range that reaches from the start over the end of a month',
    { days_of_month: ['1:31'] },
    ['2021-02-01T00:00Z', '2021-02-28T23:59Z'],
    [],
  ],
  [
    'the whole month, from behind',
    { days_of_month: ['-31:-1'] },
    ['2021-02-01T00:00Z', '2021-02-28T00:00Z', '2021-01-31T00:00Z'],
    [],
  ],
  [
    'one of several ranges of a field',
    { months: ['january', '3:4', 12], days_of_month: [1, '10:12'] },
    ['2021-01-01T00:00Z', '2021-03-11T00:00Z', '2021-12-12T00:00Z'],
    ['2021-02-01T00:00Z', '2021-01-02T00:00Z', '2021-03-13T00:00Z'],
  ],
  [
    'a day that ends with midnight',
    { times: [{ start_time: '22:00', end_time: '24:00' }] },
    ['2021-01-01T22:00Z', '2021-01-01T23:59:59.999Z'],
    ['2021-01-01T21:59Z', '2021-01-02T00:00Z'],
  ],
  ['an empty list, of which nothing can hold', { weekdays: [] }, [], ['2021-01-01T22:00Z']],
  [
    'Sunday, the first day of the week',
    { weekdays: ['Sunday'] },
    ['2026-11-29T00:00Z'],
    ['2026-11-28T23:59Z', '2026-11-30T00:00Z'],
  ],
  [
    'a zone east of Greenwich, whose day is another one',
    { weekdays: ['monday'], times: [{ start_time: '00:00', end_time: '08:00' }], location: 'Asia/Seoul' },
    ['2026-11-29T15:00Z', '2026-11-29T22:59Z'],
    ['2026-11-29T14:59Z', '2026-11-29T23:00Z', '2026-11-30T01:00Z'],
  ],
  [
    'a zone whose offset is no whole hour',
    { times: [{ start_time: '05:30', end_time: '05:45' }], location: 'Asia/Kolkata' },
    ['2026-11-29T00:00Z', '2026-11-29T00:14Z'],
    ['2026-11-29T00:15Z', '2026-11-28T23:59Z'],
  ],
];

describe('TimeInterval', () => {
  it.each(table)('holds %s', (_name, fields, within, without) => {
    const asked = interval(fields);
    for (const at of within) expect([at, asked.contains(Date.parse(at))]).toEqual([at, true]);
    for (const at of without) expect([at, asked.contains(Date.parse(at))]).toEqual([at, false]);
  });

  it('goes by the clock on the wall when the hour changes', () => {
    const night = interval({ times: [{ start_time: '02:00', end_time: '03:00' }], location: 'America/New_York' });
    const minutesIn = (from: string, to: string): number => {
      let count = 0;
      for (let at = Date.parse(from); at < Date.parse(to); at += 60_000) if (night.contains(at)) count++;
      return count;
    };
    expect(minutesIn('2026-03-07T05:00Z', '2026-03-08T05:00Z')).toBe(60);
    // Two o'clock does not come on the night in March, and one o'clock twice on the one in November.
    expect(minutesIn('2026-03-08T05:00Z', '2026-03-09T04:00Z')).toBe(0);
    expect(minutesIn('2026-11-01T04:00Z', '2026-11-02T05:00Z')).toBe(60);
    const early = interval({ times: [{ start_time: '01:00', end_time: '02:00' }], location: 'America/New_York' });
    expect([early.contains(Date.parse('2026-11-01T05:30Z')), early.contains(Date.parse('2026-11-01T06:30Z'))]).toEqual([
      true,
      true,
    ]);
    const morning = interval({ times: [workingHours], location: 'America/New_York' });
    expect(morning.contains(Date.parse('2026-03-06T13:30Z'))).toBe(false);
    expect(morning.contains(Date.parse('2026-03-09T13:30Z'))).toBe(true);
  });

  it.each<readonly [unknown, string, RegExp]>([
    ['monday', '', /list of fields/],
    [{ day: ['monday'] }, 'day', /no field/],
    [{ weekday: ['monday'] }, 'weekday', /Did you mean "weekdays"/],
    [{ weekdays: 'monday' }, 'weekdays', /is a list/],
    [{ weekdays: ['mnoday'] }, 'weekdays[0]', /Did you mean "monday"/],
    [{ weekdays: ['friday:monday'] }, 'weekdays[0]', /two ranges/],
    [{ weekdays: ['a:b:c'] }, 'weekdays[0]', /a:b/],
    [{ months: ['13'] }, 'months[0]', /1 to 12/],
    [{ months: ['december:january'] }, 'months[0]', /two ranges/],
    [{ years: ['2022:2020'] }, 'years[0]', /first year/],
    [{ days_of_month: [0] }, 'days_of_month[0]', /-1 is its last/],
    [{ days_of_month: ['-5:10'] }, 'days_of_month[0]', /must be negative/],
    [{ days_of_month: ['20:-20'] }, 'days_of_month[0]', /always comes before/],
    [{ days_of_month: ['10:5'] }, 'days_of_month[0]', /always comes before/],
    [{ days_of_month: ['32'] }, 'days_of_month[0]', /-31 to 31/],
    [{ times: [{ start_time: '17:00', end_time: '09:00' }] }, 'times[0]', /before the end/],
    [{ times: [{ start_time: '9:00', end_time: '17:00' }] }, 'times[0].start_time', /HH:MM/],
    [{ times: [{ start_time: '09:00' }] }, 'times[0].end_time', /HH:MM/],
    [{ times: [{ start_time: '09:00', end_time: '24:01' }] }, 'times[0].end_time', /HH:MM/],
    [{ location: 'Asia/Soul' }, 'location', /no time zone/],
    [{ location: 9 }, 'location', /no time zone/],
  ])('refuses %j, and says where and why', (value, path, message) => {
    const [fault] = faultsOf(value);
    expect(fault?.path).toBe(path);
    expect(fault?.message).toMatch(message);
  });

  it('names everything that is wrong at once', () => {
    expect(faultsOf({ weekdays: ['x', 'monday', 'y'], times: [{}], zone: 'UTC' }).map(({ path }) => path)).toEqual([
      'zone',
      'times[0].start_time',
      'times[0].end_time',
      'weekdays[0]',
      'weekdays[2]',
    ]);
  });

  it('comes back from its own fields, and from JSON', () => {
    for (const [, fields, within, without] of table) {
      const again = interval(JSON.parse(JSON.stringify(interval(fields))) as TimeIntervalFields);
      for (const at of [...within, ...without]) {
        expect(again.contains(Date.parse(at))).toBe(interval(fields).contains(Date.parse(at)));
      }
    }
  });

  it('agrees with a plain reading of its fields, in every zone and at every time', () => {
    const zones = ['UTC', 'Asia/Seoul', 'America/New_York', 'Australia/Lord_Howe', 'Europe/London'] as const;
    const minute = fc.integer({ min: 0, max: 1440 });
    const day = fc.oneof(fc.integer({ min: 1, max: 31 }), fc.integer({ min: -31, max: -1 }));
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2028, 0, 1) }),
        fc.tuple(minute, minute).filter(([a, b]) => a < b),
        fc.tuple(fc.nat(6), fc.nat(6)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
        fc.tuple(day, day),
        (location, at, [start, end], [first, last], [from, to]) => {
          const fields = {
            times: [{ start_time: clockOf(start), end_time: clockOf(end) }],
            weekdays: [`${names[first] ?? ''}:${names[last] ?? ''}`],
            days_of_month: [`${from}:${to}`],
            location,
          };
          const parsed = TimeInterval.parse(fields);
          if (!parsed.ok) {
            expect(parsed.faults.map(({ path }) => path)).toEqual(['days_of_month[0]']);
            return;
          }
          const wall = wallTimeIn(location, at);
          const weekday = new Date(Date.UTC(wall.year, wall.month - 1, wall.day)).getUTCDay();
          const days = new Date(Date.UTC(wall.year, wall.month, 0)).getUTCDate();
          const dates = Array.from({ length: days }, (_, i) => i + 1);
          const wanted = dates.slice(from < 0 ? Math.max(0, days + from) : from - 1, to < 0 ? days + to + 1 : to);
          const now = wall.hour * 60 + wall.minute;
          expect(parsed.value.contains(at)).toBe(
            now >= start && now < end && weekday >= first && weekday <= last && wanted.includes(wall.day),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const parsed = TimeInterval.parse(value);
        if (!parsed.ok) expect(parsed.faults.length).toBeGreaterThan(0);
      }),
    );
    fc.assert(
      fc.property(
        fc.record({ times: fc.anything(), weekdays: fc.array(fc.anything()), days_of_month: fc.array(fc.anything()) }),
        (value) => void TimeInterval.parse(value),
      ),
    );
  });
});

const names = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

function clockOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
