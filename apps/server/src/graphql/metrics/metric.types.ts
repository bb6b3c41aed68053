import { Field, Float, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { MetricResult } from '@tapewatch/pipeline';
import { DateTimeScalar } from '../date-time.scalar.js';
import { DurationScalar } from '../duration.scalar.js';
import { InvalidInput, Unavailable } from '../problem.types.js';
import { resultUnion } from '../result.js';

export const MetricResultKindEnum = { SCALAR: 'scalar', VECTOR: 'vector', MATRIX: 'matrix', STRING: 'string' } as const;

registerEnumType(MetricResultKindEnum, {
  name: 'MetricResultKind',
  description: 'What a PromQL query evaluates to.',
  valuesMap: {
    SCALAR: { description: 'One number: one series without labels.' },
    VECTOR: { description: 'One point per series.' },
    MATRIX: { description: 'Any number of points per series.' },
    STRING: { description: 'A text, in `text`.' },
  },
});

@ObjectType('MetricPoint', { description: 'One value at one time.' })
export class MetricPointType {
  @Field(() => DateTimeScalar, { description: 'When.' })
  readonly at!: number;

  @Field(() => Float, { nullable: true, description: 'The value; null where it is no finite number.' })
  readonly value!: number | null;

  @Field(() => String, { nullable: true, description: '`NaN`, `+Inf` or `-Inf` where `value` is null.' })
  readonly special!: string | null;
}

/** Its fields are MetricSeriesResolver's. */
@ObjectType('MetricSeries', { description: 'The points of one label set.' })
export class MetricSeriesType {}

@ObjectType('MetricResult', { description: 'What a PromQL query evaluated to.' })
export class MetricResultType {
  @Field(() => MetricResultKindEnum, { description: 'Which kind of value.' })
  readonly kind!: MetricResult['kind'];

  @Field(() => DateTimeScalar, { description: 'The time of the evaluation; of a range, its end.' })
  readonly at!: number;

  @Field(() => [MetricSeriesType], { description: 'The series; a scalar comes as one without labels.' })
  readonly series!: readonly MetricSeriesType[];

  @Field(() => String, { nullable: true, description: 'The value of a STRING.' })
  readonly text!: string | undefined;

  @Field(() => [String], { description: 'What is probably wrong with the result.' })
  readonly warnings!: readonly string[];

  @Field(() => [String], { description: 'What may be wrong with the query.' })
  readonly infos!: readonly string[];
}

/** `labels` is MetricSummaryResolver's. */
@ObjectType('MetricSummary', { description: 'One series over a range.' })
export class MetricSummaryType {
  @Field(() => String, { description: 'The name in PromQL.' })
  readonly name!: string;

  @Field(() => String, { nullable: true, description: 'The name in OpenTelemetry.' })
  readonly otelName!: string | undefined;

  @Field(() => String, { nullable: true, description: 'UCUM, as OpenTelemetry writes it; empty when there is none.' })
  readonly unit!: string;

  @Field(() => Float, { description: 'How many samples.' })
  readonly count!: number;

  @Field(() => Float, { nullable: true, description: 'The least value; null where it is no finite number.' })
  readonly min!: number | null;

  @Field(() => Float, { nullable: true, description: 'The greatest value; null where it is no finite number.' })
  readonly max!: number | null;

  @Field(() => Float, { nullable: true, description: 'The mean value; null where it is no finite number.' })
  readonly avg!: number | null;

  @Field(() => Float, { nullable: true, description: 'The newest value; null where it is no finite number.' })
  readonly last!: number | null;
}

@ObjectType('MetricsSummary', { description: 'What was measured over a range.' })
export class MetricsSummaryType {
  @Field(() => DurationScalar, { description: 'The range, back from now.' })
  readonly range!: number;

  @Field(() => Float, { description: 'Ticks stored over ticks expected, 0 to 1.' })
  readonly completeness!: number;

  @Field(() => Float, { description: 'How many samples were stored.' })
  readonly samplesTotal!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The newest tick; null before the first.' })
  readonly lastTickAt!: number | undefined;

  @Field(() => [MetricSummaryType], { description: 'The series.' })
  readonly series!: readonly MetricSummaryType[];
}

export const MetricAnswer = resultUnion(
  'MetricAnswer',
  'The result of a query, or why there is none: InvalidInput says where the fault is, Unavailable which limit was met.',
  MetricResultType,
  [InvalidInput, Unavailable],
);
