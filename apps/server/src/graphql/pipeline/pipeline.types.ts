import { Field, Float, Int, ObjectType } from '@nestjs/graphql';
import { DateTimeScalar } from '../date-time.scalar.js';

@ObjectType('Destination', { description: 'One OTLP backend that telemetry is shipped to.' })
export class DestinationType {
  @Field(() => String, { description: 'The name in the configuration.' })
  readonly name!: string;

  @Field(() => String, { description: 'Where it is, without credentials.' })
  readonly endpoint!: string;

  @Field(() => Boolean, { description: 'Whether the newest export went through.' })
  readonly healthy!: boolean;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When an export last went through.' })
  readonly lastSuccessAt!: number | undefined;

  @Field(() => String, { nullable: true, description: 'Why the newest failure failed.' })
  readonly lastError!: string | undefined;

  @Field(() => Float, { description: 'Data points it took.' })
  readonly pointsSent!: number;

  @Field(() => Float, { description: 'Data points that were given up.' })
  readonly pointsDropped!: number;

  @Field(() => Float, { description: 'Data points that wait.' })
  readonly pointsWaiting!: number;
}

@ObjectType('Pipeline', { description: 'The program itself.' })
export class PipelineType {
  @Field(() => DateTimeScalar, { description: 'When it was started.' })
  readonly startedAt!: number;

  @Field(() => String, { description: 'Its version.' })
  readonly version!: string;

  @Field(() => Int, { description: 'Series that are live now.' })
  readonly seriesActive!: number;

  @Field(() => Float, { description: 'Samples taken since the start.' })
  readonly samplesTotal!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The newest tick; null before the first.' })
  readonly lastTickAt!: number | undefined;

  @Field(() => Int, { description: 'Ticks that were missed since the start.' })
  readonly missedTicks!: number;

  @Field(() => Float, { nullable: true, description: 'How late ticks were, 99th percentile, in milliseconds.' })
  readonly tickLagP99Ms!: number | undefined;

  @Field(() => [DestinationType], { description: 'Where telemetry is shipped to; empty: nowhere.' })
  readonly destinations!: readonly DestinationType[];

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the configuration was last reloaded; null: never.',
  })
  readonly configReloadedAt!: number | undefined;

  @Field(() => String, { nullable: true, description: 'Why the newest reload was refused; null: it was not.' })
  readonly configError!: string | undefined;
}
