import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import type { NotificationOutcome } from '@tapewatch/model';
import { NotificationOutcomeEnum } from '../channels/channel.types.js';
import { DateTimeScalar } from '../date-time.scalar.js';
import { PageInfo } from '../paging.js';
import { Conflict, NotAllowed, NotFound } from '../problem.types.js';
import { resultUnion } from '../result.js';

@ObjectType('Notification', {
  description: 'One entry of the ledger: what a channel was told, or was not told, and why.',
})
export class NotificationType {
  @Field(() => ID, { description: 'Its number; later ones have greater ones.' })
  readonly id!: string;

  @Field(() => DateTimeScalar, { description: 'When it was decided.' })
  readonly at!: number;

  @Field(() => String, { description: 'The channel.' })
  readonly channel!: string;

  @Field(() => [ID], { description: 'The alerts it is about.' })
  readonly alertIds!: readonly string[];

  @Field(() => NotificationOutcomeEnum, { description: 'How it ended, or stands.' })
  readonly outcome!: NotificationOutcome;

  @Field(() => String, {
    nullable: true,
    description:
      'Why the newest attempt failed, or why nothing was sent: a silence, an inhibiting alert, a time interval, an acknowledgement, a limit.',
  })
  readonly reason!: string | undefined;

  @Field(() => Int, { description: 'How often it was tried.' })
  readonly attempts!: number;

  @Field(() => Float, { nullable: true, description: 'How long the newest attempt took, in milliseconds.' })
  readonly latencyMs!: number | undefined;

  @Field(() => String, { description: 'The same over every attempt and restart; sent along, where the channel can.' })
  readonly idempotencyKey!: string;

  @Field(() => String, {
    nullable: true,
    description: 'What it says in words; null where nothing was put into words.',
  })
  readonly text!: string | undefined;
}

@ObjectType('NotificationEdge', { description: 'One entry of the ledger and its place in it.' })
export class NotificationEdge {
  @Field(() => String, { description: 'Hand it back as `after` to continue behind this entry.' })
  readonly cursor!: string;

  @Field(() => NotificationType, { description: 'The entry.' })
  readonly node!: NotificationType;
}

@ObjectType('NotificationConnection', { description: 'A page of the ledger, newest first.' })
export class NotificationConnection {
  @Field(() => [NotificationEdge], { description: 'The entries of this page.' })
  readonly edges!: readonly NotificationEdge[];

  @Field(() => PageInfo, { description: 'How to continue.' })
  readonly pageInfo!: PageInfo;
}

@ObjectType('Replay', { description: 'Dead letters that are sent again.' })
export class ReplayType {
  @Field(() => String, { description: 'The channel.' })
  readonly channel!: string;

  @Field(() => Int, { description: 'How many they are.' })
  readonly count!: number;
}

export const ReplayNotificationResult = resultUnion(
  'ReplayNotificationResult',
  'The notification that is sent again.',
  NotificationType,
  [NotFound, NotAllowed, Conflict],
);

export const ReplayDeadLettersResult = resultUnion(
  'ReplayDeadLettersResult',
  'The dead letters that are sent again.',
  ReplayType,
  [NotFound, NotAllowed],
);
