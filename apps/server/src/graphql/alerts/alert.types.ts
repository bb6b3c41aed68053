import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import type { AlertEventKind, AlertState } from '@tapewatch/model';
import { DateTimeScalar } from '../date-time.scalar.js';
import { JsonScalar } from '../json.scalar.js';
import { PageInfo } from '../paging.js';
import { Conflict, InvalidInput, NotAllowed, NotFound, Unavailable } from '../problem.types.js';
import { resultUnion } from '../result.js';
import { AlertEventKindEnum, AlertStateEnum } from './alert-enums.js';

@ObjectType('Acknowledgement', { description: 'Who has an alert in hand.' })
export class AcknowledgementType {
  @Field(() => String, { description: 'Who.' })
  readonly by!: string;

  @Field(() => DateTimeScalar, { description: 'Since when.' })
  readonly at!: number;

  @Field(() => String, { nullable: true, description: 'What they had to say.' })
  readonly note!: string | undefined;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it lapses by itself; null: it ends with the alert.',
  })
  readonly until!: number | undefined;
}

/** Fields that are not here as they are in the model are AlertResolver's. */
@ObjectType('Alert', { description: 'One episode of a rule and a label set: from pending to resolved or inactive.' })
export class AlertType {
  @Field(() => ID, { description: 'Stays the same for the whole episode.' })
  readonly id!: string;

  @Field(() => String, { description: 'The hash of the labels: the same in every episode.' })
  readonly fingerprint!: string;

  @Field(() => String, { description: 'The rule’s name: the label `alertname`.' })
  readonly name!: string;

  @Field(() => AlertStateEnum, { description: 'Where it stands.' })
  readonly state!: AlertState;

  @Field(() => JsonScalar, { description: 'The rule’s annotations, filled in: an object of strings.' })
  readonly annotations!: Readonly<Record<string, string>>;

  @Field(() => DateTimeScalar, { description: 'When its condition began to hold.' })
  readonly startsAt!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it began to fire.' })
  readonly firedAt!: number | undefined;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was over.' })
  readonly endsAt!: number | undefined;

  @Field(() => AcknowledgementType, { nullable: true, description: 'Who has it in hand; null: nobody.' })
  readonly acknowledgement!: AcknowledgementType | undefined;

  @Field(() => String, { nullable: true, description: 'Who resolved it; null when its rule did, or while it lasts.' })
  readonly resolvedBy!: string | undefined;

  @Field(() => String, { nullable: true, description: 'Why it was resolved by hand.' })
  readonly resolutionReason!: string | undefined;
}

/** Fields that are not here as they are in the model are AlertEventResolver's. */
@ObjectType('AlertEvent', { description: 'One row of an alert’s history.' })
export class AlertEventType {
  @Field(() => DateTimeScalar, { description: 'When it happened.' })
  readonly at!: number;

  @Field(() => AlertEventKindEnum, { description: 'What happened.' })
  readonly kind!: AlertEventKind;

  @Field(() => ID, { description: 'To which alert.' })
  readonly alertId!: string;

  @Field(() => AlertStateEnum, { description: 'The alert’s state as of the event.' })
  readonly state!: AlertState;

  @Field(() => String, { nullable: true, description: 'Who did it; null: a rule, or time.' })
  readonly by!: string | undefined;

  @Field(() => String, { nullable: true, description: 'What they had to say.' })
  readonly note!: string | undefined;
}

@ObjectType('AlertEdge', { description: 'One alert of a page.' })
export class AlertEdge {
  @Field(() => String, { description: 'The place in the list; `after` takes it.' })
  readonly cursor!: string;

  @Field(() => AlertType, { description: 'The alert.' })
  readonly node!: AlertType;
}

@ObjectType('AlertConnection', { description: 'A page of alerts, newest start first.' })
export class AlertConnection {
  @Field(() => [AlertEdge], { description: 'The alerts of this page.' })
  readonly edges!: readonly AlertEdge[];

  @Field(() => PageInfo, { description: 'How to continue.' })
  readonly pageInfo!: PageInfo;

  @Field(() => Int, { description: 'How many alerts match, on all pages.' })
  readonly totalCount!: number;
}

@ObjectType('AlertSummary', { description: 'Alerts in numbers.' })
export class AlertSummaryType {
  @Field(() => Int, { description: 'How many fire now.' })
  readonly firing!: number;

  @Field(() => Int, { description: 'How many are pending now.' })
  readonly pending!: number;

  @Field(() => Int, { description: 'How many active ones somebody has in hand.' })
  readonly acknowledged!: number;

  @Field(() => Int, { description: 'How many active ones a silence covers.' })
  readonly silenced!: number;

  @Field(() => Int, { description: 'How many alerts the history holds.' })
  readonly historyTotal!: number;

  @Field(() => JsonScalar, { description: 'Firing ones by the label `severity`: an object of numbers.' })
  readonly bySeverity!: Readonly<Record<string, number>>;

  @Field(() => JsonScalar, { description: 'Firing ones by name: an object of numbers.' })
  readonly byName!: Readonly<Record<string, number>>;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When an alert last began to fire.' })
  readonly lastFiredAt!: number | undefined;

  @Field(() => Float, { nullable: true, description: 'Mean time from firing to acknowledgement, in milliseconds.' })
  readonly meanTimeToAcknowledgeMs!: number | undefined;

  @Field(() => Float, { nullable: true, description: 'Mean time from firing to the end, in milliseconds.' })
  readonly meanTimeToResolveMs!: number | undefined;
}

export const AlertResult = resultUnion(
  'AlertResult',
  'The alert after the command, or why it was not carried out.',
  AlertType,
  [NotFound, NotAllowed, InvalidInput, Conflict, Unavailable],
);
