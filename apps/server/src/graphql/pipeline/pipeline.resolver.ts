import { Inject } from '@nestjs/common';
import { Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Pipeline, PipelineStatus, Reload } from '@tapewatch/pipeline';
import type { Principal } from '../../access/role.js';
import { PIPELINE } from '../../tokens.js';
import type { Problem } from '../problem.types.js';
import { answer } from '../result.js';
import { PipelineType } from './pipeline.types.js';
import { ReloadResult } from './reload.types.js';

@Resolver()
export class PipelineResolver {
  constructor(@Inject(PIPELINE) private readonly source: Pipeline) {}

  @Query(() => PipelineType, { description: 'How the program itself is doing.' })
  pipeline(): PipelineStatus {
    return this.source.read.status();
  }

  @Mutation(() => ReloadResult, {
    description:
      'Reads the configuration again and puts its rules, routes and receivers into force, all or nothing. Needs the role admin.',
  })
  async reloadConfig(@Context('principal') principal: Principal): Promise<Reload | Problem> {
    return answer(await this.source.commands.reloadConfig(principal.name));
  }
}
