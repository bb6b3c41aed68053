import { Field, Float, ID, ObjectType } from '@nestjs/graphql';
import type { ReportHead, ReportKind } from '@tapewatch/pipeline';
import { DateTimeScalar } from '../date-time.scalar.js';
import { PageInfo } from '../paging.js';
import { InvalidInput, NotAllowed, Unavailable } from '../problem.types.js';
import { resultUnion } from '../result.js';
import { ReportKindEnum } from './report-kind.js';

/** `data`, `markdown` and `html` are ReportResolver's. */
@ObjectType('Report', { description: 'A report that was made and is kept.' })
export class ReportType {
  @Field(() => ID, { description: 'Its id; `/reports/ID` shows it.' })
  readonly id!: string;

  @Field(() => ReportKindEnum, { description: 'What it is about.' })
  readonly kind!: ReportKind;

  @Field(() => DateTimeScalar, { description: 'Where its range begins.' })
  readonly from!: number;

  @Field(() => DateTimeScalar, { description: 'Where its range ends; not part of it.' })
  readonly to!: number;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt!: number;

  @Field(() => Float, { description: 'Samples that were kept over those that were due, 0 to 1.' })
  readonly completeness!: number;
}

@ObjectType('ReportEdge', { description: 'One report of a page.' })
export class ReportEdge {
  @Field(() => String, { description: 'The place in the list; `after` takes it.' })
  readonly cursor!: string;

  @Field(() => ReportType, { description: 'The report.' })
  readonly node!: ReportHead;
}

@ObjectType('ReportConnection', { description: 'A page of the reports, newest first.' })
export class ReportConnection {
  @Field(() => [ReportEdge], { description: 'The reports of this page.' })
  readonly edges!: readonly ReportEdge[];

  @Field(() => PageInfo, { description: 'How to continue.' })
  readonly pageInfo!: PageInfo;
}

/** `cursor` is ReportEventResolver's. */
@ObjectType('ReportEvent', { description: 'A report was made.' })
export class ReportEventType {
  @Field(() => DateTimeScalar, { description: 'When.' })
  readonly at!: number;

  @Field(() => ReportType, { description: 'The report.' })
  readonly report!: ReportHead;
}

export const ReportResult = resultUnion('ReportResult', 'The report that was asked for.', ReportType, [
  NotAllowed,
  InvalidInput,
  Unavailable,
]);
