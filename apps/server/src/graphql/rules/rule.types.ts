import { Field, Float, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { RuleView } from '@tapewatch/pipeline';
import { AlertStateEnum } from '../alerts/alert-enums.js';
import { DateTimeScalar } from '../date-time.scalar.js';
import { JsonScalar } from '../json.scalar.js';

export const RuleHealthEnum = { OK: 'ok', NO_DATA: 'no_data', ERROR: 'error', UNKNOWN: 'unknown' } as const;

registerEnumType(RuleHealthEnum, {
  name: 'RuleHealth',
  description: 'Whether a rule can do its work.',
  valuesMap: {
    OK: { description: 'Its query is evaluated and finds what it needs to judge.' },
    NO_DATA: { description: 'Its query is evaluated, but a selector that it cannot do without matches no series.' },
    ERROR: { description: 'Its newest evaluation failed.' },
    UNKNOWN: { description: 'It has not been evaluated yet.' },
  },
});

/** `alerts`, `receivers` and `tellsNobody` are RulesResolver's. */
@ObjectType('Rule', { description: 'One rule: most have alerts, a recording rule writes series.' })
export class RuleType {
  @Field(() => String, { description: 'The name its alerts carry, or that of the series it records.' })
  readonly name!: string;

  @Field(() => String, {
    description: 'The rule plugin’s type: `promql`, `threshold` ...; `recording` for a recording rule.',
  })
  readonly kind!: string;

  @Field(() => String, { description: 'PromQL, also where the rule was written in friendlier words.' })
  readonly query!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'PromQL that keeps its firing alerts once they have left the result of the query: another threshold to clear.',
  })
  readonly holds!: string | undefined;

  @Field(() => Float, { description: 'How long the condition must hold before it fires, in milliseconds.' })
  readonly forMs!: number;

  @Field(() => Float, { description: 'How long it goes on firing after the condition ended, in milliseconds.' })
  readonly keepFiringForMs!: number;

  @Field(() => JsonScalar, { description: 'Labels it adds to its alerts or series: an object of strings.' })
  readonly labels!: Readonly<Record<string, string>>;

  @Field(() => JsonScalar, { description: 'Annotation templates: an object of strings.' })
  readonly annotations!: Readonly<Record<string, string>>;

  @Field(() => RuleHealthEnum, { description: 'Whether it can do its work.' })
  readonly health!: RuleView['health'];

  @Field(() => String, { nullable: true, description: 'Why its newest evaluation failed.' })
  readonly lastError!: string | undefined;

  @Field(() => AlertStateEnum, {
    nullable: true,
    description:
      'The worst of its alerts; INACTIVE when there are none, null for a recording rule, which never has any.',
  })
  readonly state!: RuleView['state'];

  @Field(() => Int, { nullable: true, description: 'How many series its selectors match.' })
  readonly matchedSeries!: number | undefined;
}

@ObjectType('RuleGroup', { description: 'Rules that are evaluated together, in order.' })
export class RuleGroupType {
  @Field(() => String, { description: 'The group’s name.' })
  readonly name!: string;

  @Field(() => String, { nullable: true, description: 'The file it comes from.' })
  readonly file!: string;

  @Field(() => Float, { description: 'How often it is evaluated, in milliseconds.' })
  readonly intervalMs!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The time its newest evaluation looked at.' })
  readonly lastEvaluationAt!: number | undefined;

  @Field(() => Float, { nullable: true, description: 'How long that took, in milliseconds.' })
  readonly lastEvaluationMs!: number | undefined;

  @Field(() => [RuleType], { description: 'Its rules, in order.' })
  readonly rules!: readonly RuleType[];
}
