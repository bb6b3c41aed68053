import { Inject } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import type { Pipeline, PipelineStatus } from '@tapewatch/pipeline';
import { PIPELINE } from '../../tokens.js';
import { PipelineType } from './pipeline.types.js';

@Resolver()
export class PipelineResolver {
  constructor(@Inject(PIPELINE) private readonly source: Pipeline) {}

  @Query(() => PipelineType, { description: 'How the program itself is doing.' })
  pipeline(): PipelineStatus {
    return this.source.read.status();
  }
}
