import { Field, Float, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { NotificationOutcome } from '@tapewatch/model';
import { DateTimeScalar } from '../date-time.scalar.js';
import { NotAllowed, NotFound } from '../problem.types.js';
import { resultUnion } from '../result.js';

export const NotificationOutcomeEnum = {
  SENT: 'sent',
  RETRYING: 'retrying',
  DEAD: 'dead',
  NOT_SENT: 'not_sent',
} as const;

registerEnumType(NotificationOutcomeEnum, {
  name: 'NotificationOutcome',
  description: 'How a notification ended, or stands.',
  valuesMap: {
    SENT: { description: 'The other side took it.' },
    RETRYING: { description: 'It failed, and is tried again.' },
    DEAD: { description: 'It was given up.' },
    NOT_SENT: { description: 'It was held back; the reason says why.' },
  },
});

@ObjectType('Channel', { description: 'One way to tell people.' })
export class ChannelType {
  @Field(() => String, { description: 'The name in the configuration.' })
  readonly name!: string;

  @Field(() => String, { description: 'The plugin that sends.' })
  readonly plugin!: string;

  @Field(() => Boolean, { description: 'Whether the newest attempt went through.' })
  readonly healthy!: boolean;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it last sent something.' })
  readonly lastSentAt!: number | undefined;

  @Field(() => String, { nullable: true, description: 'Why the newest failure failed.' })
  readonly lastError!: string | undefined;

  @Field(() => Int, { description: 'Notifications that wait to be sent.' })
  readonly pending!: number;

  @Field(() => Int, { description: 'Notifications that were given up.' })
  readonly deadLetters!: number;
}

@ObjectType('ChannelTest', { description: 'What became of a test notification.' })
export class ChannelTestType {
  @Field(() => String, { description: 'The channel.' })
  readonly channel!: string;

  @Field(() => NotificationOutcomeEnum, { description: 'How it ended.' })
  readonly outcome!: NotificationOutcome;

  @Field(() => Float, { nullable: true, description: 'How long the other side took, in milliseconds.' })
  readonly latencyMs!: number | undefined;

  @Field(() => String, { nullable: true, description: 'Why it was not sent.' })
  readonly reason!: string | undefined;
}

@ObjectType('MessagePreview', {
  description: 'What a channel would say of two made-up alerts, one that fires and one that is over.',
})
export class MessagePreviewType {
  @Field(() => String, { description: 'The channel.' })
  readonly channel!: string;

  @Field(() => String, { description: 'Its title, with the values of templates escaped as the channel needs it.' })
  readonly title!: string;

  @Field(() => String, { description: 'Its text, likewise; in plain words where no template says it.' })
  readonly text!: string;
}

export const MessagePreviewResult = resultUnion(
  'MessagePreviewResult',
  'What a channel would say.',
  MessagePreviewType,
  [NotFound, NotAllowed],
);

export const TestChannelResult = resultUnion(
  'TestChannelResult',
  'What became of a test notification.',
  ChannelTestType,
  [NotFound, NotAllowed],
);
