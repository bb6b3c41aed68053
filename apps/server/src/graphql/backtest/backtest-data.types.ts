import { Field, Float, Int, ObjectType } from '@nestjs/graphql';
import { DateTimeScalar } from '../date-time.scalar.js';

@ObjectType('BacktestHole', { description: 'A time of which nothing is stored.' })
export class BacktestHoleType {
  @Field(() => DateTimeScalar, { description: 'The first second without data.' })
  readonly from!: number;

  @Field(() => DateTimeScalar, { description: 'The first second with data again.' })
  readonly to!: number;
}

@ObjectType('BacktestSelector', { description: 'What one selector of the rule found.' })
export class BacktestSelectorType {
  @Field(() => String, { description: 'The selector, as PromQL.' })
  readonly selector!: string;

  @Field(() => Int, { description: 'How many series it found in all.' })
  readonly series!: number;

  @Field(() => Float, {
    description: 'Share of the time, outside the holes, in which it found one at least; looked at every ten seconds.',
  })
  readonly coverage!: number;
}

@ObjectType('BacktestData', { description: 'What a backtest had to go by.' })
export class BacktestDataType {
  @Field(() => Float, { description: 'Ticks stored over ticks expected, 0 to 1.' })
  readonly completeness!: number;

  @Field(() => [BacktestHoleType], {
    description: 'Ten seconds and more without a tick: nothing is judged in them, as when the program does not run.',
  })
  readonly holes!: readonly BacktestHoleType[];

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Up to here only the last sample of each minute is kept, and that is what was judged; null: nowhere.',
  })
  readonly minutesUntil!: number | undefined;

  @Field(() => [BacktestSelectorType], { description: 'Of the rule’s own query.' })
  readonly selectors!: readonly BacktestSelectorType[];
}
