import { Inject } from '@nestjs/common';
import { Args, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { NotificationView, Pipeline } from '@tapewatch/pipeline';
import { PIPELINE } from '../../tokens.js';
import type { Connection } from '../paging.js';
import { connectionOf, pageRequest } from '../paging.js';
import type { Problem } from '../problem.types.js';
import { answer, valueOf } from '../result.js';
import type { ReplayType } from './notification.types.js';
import { NotificationConnection, ReplayDeadLettersResult, ReplayNotificationResult } from './notification.types.js';

@Resolver()
export class NotificationsResolver {
  constructor(@Inject(PIPELINE) private readonly pipeline: Pipeline) {}

  @Query(() => NotificationConnection, {
    description: 'The ledger: every notification, and everything of which nobody was told, with why. Newest first.',
  })
  async notifications(
    @Args('alert', { type: () => ID, nullable: true, description: 'About this alert alone.' })
    alert: string | null | undefined,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: 'At most this many, 1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true, description: 'The `endCursor` of the page before.' })
    after: string | null | undefined,
  ): Promise<Connection<NotificationView>> {
    const request = { ...pageRequest(first, after, 50), ...(alert == null ? {} : { alert }) };
    return connectionOf(valueOf(await this.pipeline.read.notifications(request)));
  }

  @Mutation(() => ReplayNotificationResult, {
    description: 'Sends one dead letter again, under its old idempotency key. Needs the role operator.',
  })
  async replayNotification(
    @Args('id', { type: () => ID, description: 'The notification’s id.' }) id: string,
  ): Promise<NotificationView | Problem> {
    return answer(await this.pipeline.commands.replayNotification(id));
  }

  @Mutation(() => ReplayDeadLettersResult, {
    description: 'Sends all dead letters of a channel again, in their order. Needs the role operator.',
  })
  async replayDeadLetters(
    @Args('channel', { type: () => String, description: 'The channel’s name.' }) channel: string,
  ): Promise<ReplayType | Problem> {
    const result = answer(await this.pipeline.commands.replayDeadLetters(channel));
    return typeof result === 'number' ? { channel, count: result } : result;
  }
}
