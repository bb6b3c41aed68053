import { Inject } from '@nestjs/common';
import { Args, Context, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Clock } from '@tapewatch/model';
import { formatMatcher } from '@tapewatch/pipeline';
import type { Pipeline, SilencePreview, SilenceView } from '@tapewatch/pipeline';
import type { Principal } from '../../access/role.js';
import { CLOCK, PIPELINE } from '../../tokens.js';
import { DurationScalar } from '../duration.scalar.js';
import type { Problem } from '../problem.types.js';
import { answer, valueOf } from '../result.js';
import { SilenceInput, wantedSilence } from './silence.input.js';
import { SilencePreviewResult, SilenceResult, SilenceType } from './silence.types.js';
import { intervalOf, TimeIntervalType } from './time-interval.types.js';

const lookBackMs = 7 * 86_400_000;

@Resolver(() => SilenceType)
export class SilenceResolver {
  @ResolveField(() => [String], { description: 'All of them must hold, as in `venue="binance"`.' })
  matchers(@Parent() silence: SilenceView): readonly string[] {
    return silence.matchers.map(formatMatcher);
  }

  @ResolveField(() => Boolean, { description: 'Whether people are kept from being told now.' })
  active(@Parent() silence: SilenceView): boolean {
    return silence.state === 'active';
  }

  @ResolveField(() => [TimeIntervalType], {
    nullable: true,
    description: 'Only at these times between its start and its end; null: all the time.',
  })
  recurring(@Parent() silence: SilenceView): readonly TimeIntervalType[] | undefined {
    return silence.recurring?.map(({ fields }) => intervalOf(fields));
  }
}

@Resolver()
export class SilencesResolver {
  constructor(
    @Inject(PIPELINE) private readonly pipeline: Pipeline,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Query(() => [SilenceType], {
    description:
      'Active silences by their end, then pending ones by their start, then those that are over, newest first.',
  })
  silences(
    @Args('active', {
      type: () => Boolean,
      nullable: true,
      description: 'Only those that are active now, or only those that are not.',
    })
    active: boolean | null | undefined,
    @Args('matchers', {
      type: () => [String],
      nullable: true,
      description: 'Only those with a matcher of such a value: `venue="binance"` finds one on that venue.',
    })
    matchers: string[] | null | undefined,
  ): readonly SilenceView[] {
    const silences = valueOf(this.pipeline.read.silences(matchers ?? []));
    return silences.filter(({ state }) => active == null || active === (state === 'active'));
  }

  @Query(() => SilenceType, { nullable: true, description: 'One silence; null when there is none of this id.' })
  silence(@Args('id', { type: () => ID, description: 'Its id.' }) id: string): SilenceView | undefined {
    return this.pipeline.read.silence(id);
  }

  @Query(() => SilencePreviewResult, { description: 'What a silence of these matchers would cover.' })
  async previewSilence(
    @Args('matchers', { type: () => [String], description: 'As for a silence.' }) matchers: string[],
    @Args('range', {
      type: () => DurationScalar,
      nullable: true,
      defaultValue: lookBackMs,
      description: 'How far to look back in the history.',
    })
    range: number | null,
  ): Promise<SilencePreview | Problem> {
    const since = this.clock.now() - (range ?? lookBackMs);
    return answer(await this.pipeline.read.previewSilence(matchers, since));
  }

  @Mutation(() => SilenceResult, { description: 'Makes a silence. Needs the role operator.' })
  async createSilence(
    @Args('input', { type: () => SilenceInput, description: 'What, how long, and why.' }) input: SilenceInput,
    @Context('principal') principal: Principal,
  ): Promise<SilenceView | Problem> {
    return answer(await this.pipeline.commands.setSilence(wantedSilence(input, principal.name)));
  }

  @Mutation(() => SilenceResult, {
    description:
      'Changes a silence as Alertmanager does: what would change what it has done already ends it and makes another, with another id. Needs the role operator.',
  })
  async updateSilence(
    @Args('id', { type: () => ID, description: 'The silence’s id.' }) id: string,
    @Args('input', { type: () => SilenceInput, description: 'All of it, as it is to be.' }) input: SilenceInput,
    @Context('principal') principal: Principal,
  ): Promise<SilenceView | Problem> {
    return answer(await this.pipeline.commands.setSilence(wantedSilence(input, principal.name, id)));
  }

  @Mutation(() => SilenceResult, {
    description: 'Ends a silence now; one that is over stays as it is. Needs the role operator.',
  })
  async expireSilence(
    @Args('id', { type: () => ID, description: 'The silence’s id.' }) id: string,
  ): Promise<SilenceView | Problem> {
    return answer(await this.pipeline.commands.expireSilence(id));
  }
}
