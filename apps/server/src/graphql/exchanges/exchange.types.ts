import { Field, Float, Int, ObjectType } from '@nestjs/graphql';
import { DateTimeScalar } from '../date-time.scalar.js';

@ObjectType('Ticker', { description: 'The newest prices of one symbol.' })
export class TickerType {
  @Field(() => String, { description: 'ccxt’s unified symbol, as in `BTC/USDT`.' })
  readonly symbol!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was received; null before the first.' })
  readonly at!: number | undefined;

  @Field(() => Float, { nullable: true, description: 'Price of the last trade.' })
  readonly last!: number | undefined;

  @Field(() => Float, { nullable: true, description: 'Best bid.' })
  readonly bid!: number | undefined;

  @Field(() => Float, { nullable: true, description: 'Best ask.' })
  readonly ask!: number | undefined;

  @Field(() => Float, { nullable: true, description: 'ask - bid' })
  readonly spread!: number | undefined;

  @Field(() => Float, { nullable: true, description: '(ask - bid) / mid' })
  readonly spreadRatio!: number | undefined;

  @Field(() => Float, { nullable: true, description: 'Volume of the last 24 hours, in the base asset.' })
  readonly volumeBase24h!: number | undefined;

  @Field(() => Float, { nullable: true, description: 'Seconds since it was received.' })
  readonly ageSeconds!: number | undefined;
}

@ObjectType('Exchange', { description: 'One exchange that is watched.' })
export class ExchangeType {
  @Field(() => String, { description: 'The id in the configuration.' })
  readonly id!: string;

  @Field(() => String, { description: 'ccxt’s id of the venue.' })
  readonly venue!: string;

  @Field(() => Boolean, { description: 'REST answered within 30 s and every feed is fresh.' })
  readonly connected!: boolean;

  @Field(() => Float, { nullable: true, description: 'Seconds since the oldest feed’s last message.' })
  readonly feedAgeSeconds!: number | undefined;

  @Field(() => Float, { nullable: true, description: 'Time of the newest request on the wire, in milliseconds.' })
  readonly requestLatencyMs!: number | undefined;

  @Field(() => Float, { nullable: true, description: 'Its clock minus ours, in milliseconds.' })
  readonly clockOffsetMs!: number | undefined;

  @Field(() => Float, { nullable: true, description: 'Rate limit used, 0 to 1.' })
  readonly rateLimitUsedRatio!: number | undefined;

  @Field(() => Int, { description: 'Failed requests in the last hour.' })
  readonly errorsLastHour!: number;

  @Field(() => [TickerType], { description: 'The symbols that are watched.' })
  readonly tickers!: readonly TickerType[];
}
