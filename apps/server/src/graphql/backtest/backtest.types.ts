import { Field, Float, Int, ObjectType } from '@nestjs/graphql';
import { AlertStateEnum } from '../alerts/alert-enums.js';
import { DateTimeScalar } from '../date-time.scalar.js';
import { JsonScalar } from '../json.scalar.js';
import { InvalidInput, NotFound, Unavailable } from '../problem.types.js';
import { resultUnion } from '../result.js';
import { BacktestDataType } from './backtest-data.types.js';

type Texts = Readonly<Record<string, string>>;

@ObjectType('BacktestRule', { description: 'A rule that a backtest judged.' })
export class BacktestRuleType {
  @Field(() => String, { description: 'The group it is in.' })
  readonly group!: string;

  @Field(() => String, { description: 'The rule plugin’s type.' })
  readonly kind!: string;

  @Field(() => String, { description: 'PromQL, also where the rule was written in friendlier words.' })
  readonly query!: string;

  @Field(() => Float, { description: 'How long the condition must hold before it fires, in milliseconds.' })
  readonly forMs!: number;

  @Field(() => Float, { description: 'How long it goes on firing after the condition ended, in milliseconds.' })
  readonly keepFiringForMs!: number;

  @Field(() => Float, { description: 'How often it is evaluated, in milliseconds.' })
  readonly intervalMs!: number;
}

@ObjectType('BacktestFiring', { description: 'One time that one alert would have fired.' })
export class BacktestFiringType {
  @Field(() => JsonScalar, { description: 'The alert’s labels: an object of strings.' })
  readonly labels!: Texts;

  @Field(() => JsonScalar, { description: 'The annotations of its last evaluation: an object of strings.' })
  readonly annotations!: Texts;

  @Field(() => DateTimeScalar, { description: 'When its condition began to hold.' })
  readonly startsAt!: number;

  @Field(() => DateTimeScalar, { description: 'When it began to fire.' })
  readonly firedAt!: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it was over; null: it still fired at the end of the range.',
  })
  readonly endsAt!: number | undefined;

  @Field(() => Boolean, { description: 'Its condition held at the very beginning; it may have begun before.' })
  readonly fromStart!: boolean;

  @Field(() => Float, { nullable: true, description: 'Its greatest value; null where that is no finite number.' })
  readonly maxValue!: number | null;

  @Field(() => Float, { nullable: true, description: 'Its least value; null where that is no finite number.' })
  readonly minValue!: number | null;

  @Field(() => Boolean, { description: 'It fired again soon after its last end.' })
  readonly flap!: boolean;
}

@ObjectType('BacktestNotifiedAlert', { description: 'An alert in a notification of a backtest.' })
export class BacktestNotifiedAlertType {
  @Field(() => JsonScalar, { description: 'Its labels: an object of strings.' })
  readonly labels!: Texts;

  @Field(() => AlertStateEnum, { description: 'FIRING or RESOLVED.' })
  readonly status!: string;
}

@ObjectType('BacktestNotification', { description: 'What a channel would have been told, or would not, and why.' })
export class BacktestNotificationType {
  @Field(() => DateTimeScalar, { description: 'When.' })
  readonly at!: number;

  @Field(() => String, { description: 'The channel; empty where the receiver has none.' })
  readonly channel!: string;

  @Field(() => String, { description: 'The receiver that the route leads to.' })
  readonly receiver!: string;

  @Field(() => AlertStateEnum, { description: 'FIRING or RESOLVED.' })
  readonly status!: string;

  @Field(() => JsonScalar, { description: 'What the alerts are grouped by: an object of strings.' })
  readonly groupLabels!: Texts;

  @Field(() => [BacktestNotifiedAlertType], { description: 'The alerts in it.' })
  readonly alerts!: readonly BacktestNotifiedAlertType[];

  @Field(() => Boolean, { description: 'Whether it would have gone out.' })
  readonly sent!: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      'Why it would not: `no_channel` (the receiver has none), `ended_before_told` (within group_wait), `range_ended`, `send_resolved_off`, or in words what held it back, as the ledger has it.',
  })
  readonly reason!: string | undefined;
}

@ObjectType('BacktestTotals', { description: 'Counts of everything, also of what is not listed.' })
export class BacktestTotalsType {
  @Field(() => Int, { description: 'Evaluations of groups.' })
  readonly evaluations!: number;

  @Field(() => Int, { description: 'How often alerts would have fired.' })
  readonly firings!: number;

  @Field(() => Float, { description: 'How long in all; two alerts at once count twice. Milliseconds.' })
  readonly firingMs!: number;

  @Field(() => Float, { description: 'The longest firing, in milliseconds.' })
  readonly longestMs!: number;

  @Field(() => Int, { description: 'Conditions that ended before their `for` was over.' })
  readonly pendingOnly!: number;

  @Field(() => Int, { description: 'Firings soon after the last end of the same alert.' })
  readonly flaps!: number;

  @Field(() => Int, { description: 'Notifications that would have gone out.' })
  readonly sent!: number;

  @Field(() => Int, { description: 'Those that would not.' })
  readonly notSent!: number;
}

@ObjectType('BacktestFault', { description: 'What went wrong in evaluations of a backtest.' })
export class BacktestFaultType {
  @Field(() => String, { description: 'The rule; empty where it was none.' })
  readonly rule!: string;

  @Field(() => String, { description: 'Why.' })
  readonly reason!: string;

  @Field(() => Int, { description: 'How often.' })
  readonly count!: number;

  @Field(() => DateTimeScalar, { description: 'The first time.' })
  readonly firstAt!: number;

  @Field(() => DateTimeScalar, { description: 'The last time.' })
  readonly lastAt!: number;
}

@ObjectType('BacktestOutcome', { description: 'What one version of a rule would have done.' })
export class BacktestOutcomeType {
  @Field(() => [BacktestRuleType], { description: 'The rules of that name.' })
  readonly rules!: readonly BacktestRuleType[];

  @Field(() => [String], { description: 'Recording rules that it reads; they were evaluated anew, too.' })
  readonly recorded!: readonly string[];

  @Field(() => [BacktestFiringType], { description: 'In the order in which they began; the first thousand.' })
  readonly firings!: readonly BacktestFiringType[];

  @Field(() => [BacktestNotificationType], { description: 'In order; the first thousand.' })
  readonly notifications!: readonly BacktestNotificationType[];

  @Field(() => BacktestTotalsType, { description: 'Counts of all.' })
  readonly totals!: BacktestTotalsType;

  @Field(() => [BacktestFaultType], { description: 'What went wrong, one for each rule and reason.' })
  readonly faults!: readonly BacktestFaultType[];
}

@ObjectType('BacktestComparison', {
  description: 'The rule in the text beside the rule as it is: the same alert at overlapping times is the same firing.',
})
export class BacktestComparisonType {
  @Field(() => Int, { description: 'Firings of the rule in the text that the rule as it is has, too.' })
  readonly both!: number;

  @Field(() => Int, { description: 'Firings of the rule as it is alone.' })
  readonly onlyCurrentTotal!: number;

  @Field(() => Int, { description: 'Firings of the rule in the text alone.' })
  readonly onlyNewTotal!: number;

  @Field(() => [BacktestFiringType], { description: 'The first thousand of them.' })
  readonly onlyCurrent!: readonly BacktestFiringType[];

  @Field(() => [BacktestFiringType], { description: 'The first thousand of them.' })
  readonly onlyNew!: readonly BacktestFiringType[];

  @Field(() => Float, { description: 'How much longer the rule in the text would have fired, in milliseconds.' })
  readonly firingMs!: number;

  @Field(() => Int, { description: 'How many notifications more would have gone out.' })
  readonly notifications!: number;
}

@ObjectType('Backtest', { description: 'What a rule would have done over stored history.' })
export class BacktestType {
  @Field(() => String, { description: 'The rule’s name.' })
  readonly rule!: string;

  @Field(() => DateTimeScalar, { description: 'The first second that was judged.' })
  readonly from!: number;

  @Field(() => DateTimeScalar, { description: 'The last one.' })
  readonly to!: number;

  @Field(() => Float, { description: 'How long the replay took, in milliseconds.' })
  readonly tookMs!: number;

  @Field(() => BacktestDataType, { description: 'What it had to go by.' })
  readonly data!: BacktestDataType;

  @Field(() => BacktestOutcomeType, { description: 'Of the rule in the text, or, without one, of the rule as it is.' })
  readonly outcome!: BacktestOutcomeType;

  @Field(() => BacktestOutcomeType, {
    nullable: true,
    description: 'Of the rule as it is, beside one in a text; null when there is none of its name.',
  })
  readonly current!: BacktestOutcomeType | undefined;

  @Field(() => BacktestComparisonType, { nullable: true, description: 'The two, firing by firing.' })
  readonly comparison!: BacktestComparisonType | undefined;
}

@ObjectType('BacktestProgress', { description: 'The backtest that runs at present.' })
export class BacktestProgressType {
  @Field(() => String, { nullable: true, description: 'The rule, where it was named.' })
  readonly rule!: string | undefined;

  @Field(() => DateTimeScalar, { description: 'Where its range begins.' })
  readonly from!: number;

  @Field(() => DateTimeScalar, { description: 'Where it ends.' })
  readonly to!: number;

  @Field(() => DateTimeScalar, { description: 'When it was begun.' })
  readonly startedAt!: number;

  @Field(() => Float, { description: 'How much of it is done, 0 to 1.' })
  readonly share!: number;
}

export const BacktestAnswer = resultUnion(
  'BacktestAnswer',
  'A backtest, or why there is none: InvalidInput says which argument, NotFound which rule there is not, Unavailable that another one runs or which limit was met.',
  BacktestType,
  [InvalidInput, NotFound, Unavailable],
);
