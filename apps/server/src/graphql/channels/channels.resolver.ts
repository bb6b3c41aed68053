import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { ChannelTest, ChannelView, MessagePreview, Pipeline } from '@tapewatch/pipeline';
import type { Principal } from '../../access/role.js';
import { PIPELINE } from '../../tokens.js';
import type { Problem } from '../problem.types.js';
import { answer } from '../result.js';
import { ChannelType, MessagePreviewResult, TestChannelResult } from './channel.types.js';

@Resolver()
export class ChannelsResolver {
  constructor(@Inject(PIPELINE) private readonly pipeline: Pipeline) {}

  @Query(() => [ChannelType], { description: 'Every way people are told.' })
  channels(): Promise<readonly ChannelView[]> {
    return this.pipeline.read.channels();
  }

  @Query(() => MessagePreviewResult, { description: 'What a channel would say; nothing is sent.' })
  messagePreview(
    @Args('channel', { type: () => String, description: 'The channel’s name.' }) channel: string,
  ): MessagePreview | Problem {
    return answer(this.pipeline.read.messagePreview(channel));
  }

  @Mutation(() => TestChannelResult, { description: 'Sends a test notification now. Needs the role operator.' })
  async testChannel(
    @Args('name', { type: () => String, description: 'The channel’s name.' }) name: string,
    @Context('principal') principal: Principal,
  ): Promise<ChannelTest | Problem> {
    return answer(await this.pipeline.commands.testChannel(name, principal.name));
  }
}
