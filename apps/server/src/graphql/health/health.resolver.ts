import { Inject } from '@nestjs/common';
import { Args, Float, Int, Mutation, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import type { ComponentHealth, HealthEvent, HealthStatus } from '@tapewatch/model';
import type { HealthSummary, Pipeline } from '@tapewatch/pipeline';
import { encodeCursor } from '../../subscriptions/cursor.js';
import type { Subscriptions } from '../../subscriptions/subscriptions.js';
import { PIPELINE, SUBSCRIPTIONS } from '../../tokens.js';
import { DateTimeScalar } from '../date-time.scalar.js';
import { DurationScalar } from '../duration.scalar.js';
import type { Connection } from '../paging.js';
import { connectionOf, pageRequest } from '../paging.js';
import type { Problem } from '../problem.types.js';
import { answer, refuseInput, valueOf } from '../result.js';
import {
  ComponentHealthType,
  HealthCheckResult,
  HealthEventConnection,
  HealthEventType,
  HealthSummaryType,
} from './health.types.js';

const dayMs = 86_400_000;

@Resolver(() => HealthSummaryType)
export class HealthResolver {
  constructor(
    @Inject(PIPELINE) private readonly pipeline: Pipeline,
    @Inject(SUBSCRIPTIONS) private readonly subscriptions: Subscriptions,
  ) {}

  @Query(() => HealthSummaryType, { description: 'Everything that is checked, as of now.' })
  health(): object {
    const summary = this.pipeline.read.health();
    return { ...summary, ...countsOf(summary) };
  }

  @Query(() => HealthEventConnection, { description: 'Changes of status, newest first.' })
  async healthHistory(
    @Args('component', { type: () => String, nullable: true, description: 'Of this component alone.' })
    component: string | null | undefined,
    @Args('since', { type: () => DateTimeScalar, nullable: true, description: 'At or after.' })
    since: number | null | undefined,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: 'At most this many, 1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true, description: 'The `endCursor` of the page before.' })
    after: string | null | undefined,
  ): Promise<Connection<HealthEvent>> {
    const request = {
      ...pageRequest(first, after, 50),
      ...(component == null ? {} : { component }),
      ...(since == null ? {} : { since }),
    };
    return connectionOf(valueOf(await this.pipeline.read.healthHistory(request)));
  }

  @Mutation(() => HealthCheckResult, { description: 'Runs one health check now. Needs the role operator.' })
  async runHealthCheck(
    @Args('component', { type: () => String, description: 'The check’s name.' }) component: string,
  ): Promise<ComponentHealth | Problem> {
    return answer(await this.pipeline.commands.runHealthCheck(component));
  }

  @Subscription(() => HealthEventType, {
    resolve: (event: HealthEvent) => event,
    description: 'Changes of status as they happen; with `after`, those that were missed first.',
  })
  healthEvents(
    @Args('after', { type: () => String, nullable: true, description: 'The `cursor` of the last event you have.' })
    after: string | null | undefined,
  ): Promise<AsyncIterableIterator<HealthEvent>> {
    return this.subscriptions.healthEvents(after);
  }
}

@Resolver(() => ComponentHealthType)
export class ComponentHealthResolver {
  constructor(@Inject(PIPELINE) private readonly pipeline: Pipeline) {}

  @ResolveField(() => Float, {
    nullable: true,
    description: 'Healthy time over all time in the range, 0 to 1; null: nothing known.',
  })
  uptimeRatio(
    @Parent() component: ComponentHealth,
    @Args('range', { type: () => DurationScalar, nullable: true, defaultValue: dayMs, description: 'Back from now.' })
    range: number | null,
  ): Promise<number | undefined> {
    const rangeMs = range ?? dayMs;
    if (rangeMs <= 0) refuseInput('range', 'range must be longer than 0s');
    return this.pipeline.read.uptimeRatio(component.name, rangeMs);
  }
}

@Resolver(() => HealthEventType)
export class HealthEventResolver {
  @ResolveField(() => String, { description: 'Hand it back as `after` to continue from here.' })
  cursor(@Parent() event: HealthEvent): string {
    return encodeCursor(event.cursor);
  }
}

function countsOf({
  components,
}: HealthSummary): Record<HealthStatus, number> & { total: number; healthyRatio?: number } {
  const count = (status: HealthStatus): number => components.filter((component) => component.status === status).length;
  const total = components.length;
  const healthy = count('healthy');
  return {
    total,
    healthy,
    degraded: count('degraded'),
    unhealthy: count('unhealthy'),
    unknown: count('unknown'),
    ...(total === 0 ? {} : { healthyRatio: healthy / total }),
  };
}
