import { Field, InputType } from '@nestjs/graphql';
import type { WantedSilence } from '@tapewatch/pipeline';
import { DateTimeScalar } from '../date-time.scalar.js';
import { intervalFieldsOf, TimeIntervalInput } from './time-interval.types.js';

@InputType('SilenceInput', { description: 'What is to be silenced, and for how long.' })
export class SilenceInput {
  @Field(() => [String], {
    description: 'Alertmanager’s matchers on the labels, as in `venue=~"bin.*"`; an alert must match all of them.',
  })
  readonly matchers!: readonly string[];

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it begins; now when left out or past.' })
  readonly startsAt?: number | null;

  @Field(() => DateTimeScalar, { description: 'When it is over.' })
  readonly endsAt!: number;

  @Field(() => String, { description: 'Why, for the others.' })
  readonly comment!: string;

  @Field(() => String, {
    nullable: true,
    description: 'In whose name; whoever asks when left out. The audit log has who asked.',
  })
  readonly createdBy?: string | null;

  @Field(() => [TimeIntervalInput], {
    nullable: true,
    description: 'Only at any of these times between its start and its end; left out: all the time.',
  })
  readonly recurring?: readonly TimeIntervalInput[] | null;
}

export function wantedSilence(input: SilenceInput, by: string, id?: string): WantedSilence {
  const { matchers, startsAt, endsAt, comment, recurring } = input;
  return {
    ...{ matchers, endsAt, comment, createdBy: input.createdBy ?? by },
    ...(startsAt == null ? {} : { startsAt }),
    ...(recurring == null ? {} : { recurring: recurring.map(intervalFieldsOf) }),
    ...(id === undefined ? {} : { id }),
  };
}
