import { Field, InputType, ObjectType } from '@nestjs/graphql';
import type { TimeIntervalFields } from '@tapewatch/model';

const described = {
  start: 'From this time of the day on: `HH:MM`.',
  end: 'To this time of the day, which is no part of it: `HH:MM`, up to `24:00`.',
  times: 'Any of these times of the day.',
  weekdays: 'Any of these days, or ranges of them: `monday:friday`, `sunday`.',
  daysOfMonth: 'Any of these days of the month, or ranges of them: `1:5`, `-3:-1` for the last three.',
  months: 'Any of these months, or ranges of them: `january:march`, `12`.',
  years: 'Any of these years, or ranges of them: `2026:2028`.',
  location: 'The time zone, as in `Asia/Seoul`; UTC when left out.',
} as const;

@ObjectType('TimeRange', { description: 'A time of the day.' })
export class TimeRangeType {
  @Field(() => String, { description: described.start })
  readonly start!: string;

  @Field(() => String, { description: described.end })
  readonly end!: string;
}

@InputType('TimeRangeInput', { description: 'A time of the day.' })
export class TimeRangeInput {
  @Field(() => String, { description: described.start })
  readonly start!: string;

  @Field(() => String, { description: described.end })
  readonly end!: string;
}

@ObjectType('TimeInterval', {
  description: 'Alertmanager’s time interval: everything that is given must hold, and of each list one entry.',
})
export class TimeIntervalType {
  @Field(() => [TimeRangeType], { nullable: true, description: described.times })
  readonly times!: readonly TimeRangeType[] | undefined;

  @Field(() => [String], { nullable: true, description: described.weekdays })
  readonly weekdays!: readonly string[] | undefined;

  @Field(() => [String], { nullable: true, description: described.daysOfMonth })
  readonly daysOfMonth!: readonly string[] | undefined;

  @Field(() => [String], { nullable: true, description: described.months })
  readonly months!: readonly string[] | undefined;

  @Field(() => [String], { nullable: true, description: described.years })
  readonly years!: readonly string[] | undefined;

  @Field(() => String, { nullable: true, description: described.location })
  readonly location!: string | undefined;
}

@InputType('TimeIntervalInput', {
  description: 'Alertmanager’s time interval: everything that is given must hold, and of each list one entry.',
})
export class TimeIntervalInput {
  @Field(() => [TimeRangeInput], { nullable: true, description: described.times })
  readonly times?: readonly TimeRangeInput[] | null;

  @Field(() => [String], { nullable: true, description: described.weekdays })
  readonly weekdays?: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: described.daysOfMonth })
  readonly daysOfMonth?: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: described.months })
  readonly months?: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: described.years })
  readonly years?: readonly string[] | null;

  @Field(() => String, { nullable: true, description: described.location })
  readonly location?: string | null;
}

/** As Alertmanager's files have it. */
export function intervalFieldsOf(input: TimeIntervalInput): TimeIntervalFields {
  const { times, weekdays, daysOfMonth, months, years, location } = input;
  return {
    ...(times == null ? {} : { times: times.map(({ start, end }) => ({ start_time: start, end_time: end })) }),
    ...(weekdays == null ? {} : { weekdays }),
    ...(daysOfMonth == null ? {} : { days_of_month: daysOfMonth }),
    ...(months == null ? {} : { months }),
    ...(years == null ? {} : { years }),
    ...(location == null ? {} : { location }),
  };
}

export function intervalOf(fields: TimeIntervalFields): TimeIntervalType {
  const texts = (list: readonly (string | number)[] | undefined) => list?.map(String);
  return {
    times: fields.times?.map(({ start_time: start, end_time: end }) => ({ start, end })),
    weekdays: fields.weekdays,
    daysOfMonth: texts(fields.days_of_month),
    months: texts(fields.months),
    years: texts(fields.years),
    location: fields.location,
  };
}
