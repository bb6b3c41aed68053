import { Field, Float, Int, ObjectType } from '@nestjs/graphql';
import type { HealthStatus } from '@tapewatch/model';
import { DateTimeScalar } from '../date-time.scalar.js';
import { JsonScalar } from '../json.scalar.js';
import { PageInfo } from '../paging.js';
import { NotAllowed, NotFound } from '../problem.types.js';
import { resultUnion } from '../result.js';
import { HealthStatusEnum } from './health-status.js';

/** `uptimeRatio` is ComponentHealthResolver's. */
@ObjectType('ComponentHealth', { description: 'The newest confirmed result of one health check.' })
export class ComponentHealthType {
  @Field(() => String, { description: 'The check’s name in the configuration.' })
  readonly name!: string;

  @Field(() => String, { description: 'The plugin that checks it.' })
  readonly plugin!: string;

  @Field(() => HealthStatusEnum, { description: 'What the check found.' })
  readonly status!: HealthStatus;

  @Field(() => Float, { nullable: true, description: 'How long the newest run took, in milliseconds.' })
  readonly responseTimeMs!: number | undefined;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it last ran; null before the first run ends.' })
  readonly checkedAt!: number | undefined;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when the status holds.' })
  readonly since!: number | undefined;

  @Field(() => String, { nullable: true, description: 'One sentence of the check’s own.' })
  readonly summary!: string | undefined;

  @Field(() => JsonScalar, { nullable: true, description: 'What else the check had to say.' })
  readonly details!: unknown;
}

@ObjectType('HealthSummary', { description: 'Everything that is checked.' })
export class HealthSummaryType {
  @Field(() => HealthStatusEnum, { description: 'The worst component’s; UNKNOWN counts as DEGRADED for the whole.' })
  readonly status!: HealthStatus;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the newest check ran; null before the first.' })
  readonly checkedAt!: number | undefined;

  @Field(() => Int, { description: 'How many components are checked.' })
  readonly total!: number;

  @Field(() => Int, { description: 'How many of them are HEALTHY.' })
  readonly healthy!: number;

  @Field(() => Int, { description: 'How many of them are DEGRADED.' })
  readonly degraded!: number;

  @Field(() => Int, { description: 'How many of them are UNHEALTHY.' })
  readonly unhealthy!: number;

  @Field(() => Int, { description: 'How many of them are UNKNOWN.' })
  readonly unknown!: number;

  @Field(() => Float, { nullable: true, description: 'Healthy ones over all, 0 to 1; null when nothing is checked.' })
  readonly healthyRatio!: number | undefined;

  @Field(() => [ComponentHealthType], { description: 'The components, by name.' })
  readonly components!: readonly ComponentHealthType[];
}

/** `cursor` is HealthEventResolver's. */
@ObjectType('HealthEvent', { description: 'One change of a component’s status.' })
export class HealthEventType {
  @Field(() => DateTimeScalar, { description: 'When the change was confirmed.' })
  readonly at!: number;

  @Field(() => String, { description: 'The component’s name.' })
  readonly component!: string;

  @Field(() => HealthStatusEnum, { nullable: true, description: 'The status before; null at the first result.' })
  readonly previous!: HealthStatus | undefined;

  @Field(() => HealthStatusEnum, { description: 'The status from here on.' })
  readonly status!: HealthStatus;

  @Field(() => Float, { nullable: true, description: 'How long the run took, in milliseconds.' })
  readonly responseTimeMs!: number | undefined;

  @Field(() => String, { nullable: true, description: 'One sentence of the check’s own.' })
  readonly summary!: string | undefined;
}

@ObjectType('HealthEventEdge', { description: 'One event of a page.' })
export class HealthEventEdge {
  @Field(() => String, { description: 'The place in the list; `after` takes it.' })
  readonly cursor!: string;

  @Field(() => HealthEventType, { description: 'The event.' })
  readonly node!: HealthEventType;
}

@ObjectType('HealthEventConnection', { description: 'A page of the health history, newest first.' })
export class HealthEventConnection {
  @Field(() => [HealthEventEdge], { description: 'The events of this page.' })
  readonly edges!: readonly HealthEventEdge[];

  @Field(() => PageInfo, { description: 'How to continue.' })
  readonly pageInfo!: PageInfo;
}

export const HealthCheckResult = resultUnion(
  'HealthCheckResult',
  'The result of a check that was run by hand.',
  ComponentHealthType,
  [NotFound, NotAllowed],
);
