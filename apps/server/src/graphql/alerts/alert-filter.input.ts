import { Field, InputType } from '@nestjs/graphql';
import type { AlertState, Severity } from '@tapewatch/model';
import type { AlertFilter } from '@tapewatch/pipeline';
import { DateTimeScalar } from '../date-time.scalar.js';
import { AlertStateEnum, SeverityEnum } from './alert-enums.js';

@InputType('AlertFilter', {
  description: 'Which alerts; what is left out does not limit, and all that is given must hold.',
})
export class AlertFilterInput {
  @Field(() => [AlertStateEnum], { nullable: true, description: 'Any of these states.' })
  readonly states?: readonly AlertState[] | null;

  @Field(() => [SeverityEnum], { nullable: true, description: 'Any of these severities.' })
  readonly severities?: readonly Severity[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether somebody has it in hand.' })
  readonly acknowledged?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether a silence covers it.' })
  readonly silenced?: boolean | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Alertmanager’s matchers on the labels, as in `venue=~"bin.*"`.',
  })
  readonly matchers?: readonly string[] | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Started at or after.' })
  readonly since?: number | null;
}

/** GraphQL's null is the same as not given. */
export function alertFilterOf(input: AlertFilterInput | null | undefined): AlertFilter {
  const given = Object.entries(input ?? {}).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(given);
}
