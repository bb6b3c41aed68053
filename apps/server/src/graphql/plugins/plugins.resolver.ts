import { Inject } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import type { Pipeline, PluginView } from '@tapewatch/pipeline';
import { PIPELINE } from '../../tokens.js';
import { PluginType } from './plugin.types.js';

@Resolver()
export class PluginsResolver {
  constructor(@Inject(PIPELINE) private readonly pipeline: Pipeline) {}

  @Query(() => [PluginType], { description: 'Every plugin, bundled ones and users’.' })
  plugins(): readonly PluginView[] {
    return this.pipeline.read.plugins();
  }
}
