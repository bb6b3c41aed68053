import { Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Alert } from '@tapewatch/model';
import type { SilenceState } from '@tapewatch/pipeline';
import { AlertType } from '../alerts/alert.types.js';
import { DateTimeScalar } from '../date-time.scalar.js';
import { Conflict, InvalidInput, NotAllowed, NotFound, Unavailable } from '../problem.types.js';
import { resultUnion } from '../result.js';

export const SilenceStateEnum = { PENDING: 'pending', ACTIVE: 'active', EXPIRED: 'expired' } as const;

registerEnumType(SilenceStateEnum, {
  name: 'SilenceState',
  description: 'Where a silence stands.',
  valuesMap: {
    PENDING: { description: 'It has not begun, or waits for its next time.' },
    ACTIVE: { description: 'Nobody is told of the alerts it matches.' },
    EXPIRED: { description: 'It is over.' },
  },
});

/** Fields that are not here as they are in the model are SilenceResolver's. */
@ObjectType('Silence', { description: 'Keeps people from being told of alerts, for a time.' })
export class SilenceType {
  @Field(() => ID, { description: 'A UUID; a change of more than its end and its words gives another.' })
  readonly id!: string;

  @Field(() => DateTimeScalar, { description: 'When it begins.' })
  readonly startsAt!: number;

  @Field(() => DateTimeScalar, { description: 'When it is over.' })
  readonly endsAt!: number;

  @Field(() => String, { description: 'Who made it.' })
  readonly createdBy!: string;

  @Field(() => String, { description: 'Why.' })
  readonly comment!: string;

  @Field(() => DateTimeScalar, { description: 'When it was last changed.' })
  readonly updatedAt!: number;

  @Field(() => SilenceStateEnum, { description: 'Where it stands.' })
  readonly state!: SilenceState;
}

/** What is not here is SilencePreviewResolver's. */
@ObjectType('SilencePreview', { description: 'What a silence would cover.' })
export class SilencePreviewType {
  @Field(() => [AlertType], { description: 'Alerts that are pending or firing now, newest start first.' })
  readonly active!: readonly Alert[];

  @Field(() => Int, { description: 'How many alerts that have fired began within the time looked back on.' })
  readonly pastCount!: number;

  @Field(() => [AlertType], { description: 'The newest 50 of them that are over.' })
  readonly past!: readonly Alert[];
}

export const SilenceResult = resultUnion(
  'SilenceResult',
  'The silence after the command, or why it was not carried out.',
  SilenceType,
  [NotFound, NotAllowed, InvalidInput, Conflict, Unavailable],
);

export const SilencePreviewResult = resultUnion(
  'SilencePreviewResult',
  'What it would cover, or what is wrong with it.',
  SilencePreviewType,
  [InvalidInput],
);
