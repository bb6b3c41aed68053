import { Inject } from '@nestjs/common';
import { Args, ID, Int, Mutation, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import type { Pipeline, ReportEvent, ReportFormat, ReportHead, ReportKind } from '@tapewatch/pipeline';
import { encodeCursor } from '../../subscriptions/cursor.js';
import type { Subscriptions } from '../../subscriptions/subscriptions.js';
import { PIPELINE, SUBSCRIPTIONS } from '../../tokens.js';
import { DateTimeScalar } from '../date-time.scalar.js';
import { JsonScalar } from '../json.scalar.js';
import type { Connection } from '../paging.js';
import { connectionOf, pageRequest } from '../paging.js';
import { NotFound, type Problem } from '../problem.types.js';
import { answer, errorOf, valueOf } from '../result.js';
import { ReportKindEnum } from './report-kind.js';
import { ReportConnection, ReportEventType, ReportResult, ReportType } from './report.types.js';

@Resolver(() => ReportType)
export class ReportsResolver {
  constructor(
    @Inject(PIPELINE) private readonly pipeline: Pipeline,
    @Inject(SUBSCRIPTIONS) private readonly subscriptions: Subscriptions,
  ) {}

  @Query(() => ReportConnection, { description: 'Reports that were made, newest first.' })
  async reports(
    @Args('kind', { type: () => ReportKindEnum, nullable: true, description: 'Of this kind alone.' })
    kind: ReportKind | null | undefined,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 20, description: 'At most this many, 1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true, description: 'The `endCursor` of the page before.' })
    after: string | null | undefined,
  ): Promise<Connection<ReportHead>> {
    const request = { ...pageRequest(first, after, 20), ...(kind == null ? {} : { kind }) };
    return connectionOf(valueOf(await this.pipeline.read.reports(request)));
  }

  @Query(() => ReportType, { description: 'One report.' })
  async report(@Args('id', { type: () => ID, description: 'Its id.' }) id: string): Promise<ReportHead> {
    return (await this.pipeline.read.report(id)) ?? noSuchReport(id);
  }

  @Mutation(() => ReportResult, {
    description:
      'Makes a report now and keeps it; without a range of the last whole UTC day. What lies in the future is cut off. Needs the role operator.',
  })
  async generateReport(
    @Args('kind', { type: () => ReportKindEnum, description: 'What it is to be about.' }) kind: ReportKind,
    @Args('from', { type: () => DateTimeScalar, nullable: true, description: 'Where its range begins.' })
    from: number | null | undefined,
    @Args('to', {
      type: () => DateTimeScalar,
      nullable: true,
      description: 'Where its range ends: 31 days on at most.',
    })
    to: number | null | undefined,
  ): Promise<ReportHead | Problem> {
    const range = { from: from ?? undefined, to: to ?? undefined };
    return answer(await this.pipeline.commands.generateReport({ kind, ...range }));
  }

  @Subscription(() => ReportEventType, {
    resolve: (event: ReportEvent) => event,
    description: 'Reports as they are made; with `after`, those that were missed first.',
  })
  reportEvents(
    @Args('after', { type: () => String, nullable: true, description: 'The `cursor` of the last event you have.' })
    after: string | null | undefined,
  ): Promise<AsyncIterableIterator<ReportEvent>> {
    return this.subscriptions.reportEvents(after);
  }
}

/** Read or rendered only when it is asked for. */
@Resolver(() => ReportType)
export class ReportResolver {
  constructor(@Inject(PIPELINE) private readonly pipeline: Pipeline) {}

  @ResolveField(() => JsonScalar, { description: 'All its figures; docs/reports.md describes them.' })
  async data(@Parent() report: ReportHead): Promise<object> {
    return (await this.pipeline.read.reportData(report.id)) ?? noSuchReport(report.id);
  }

  @ResolveField(() => String, { description: 'The report as GitHub’s Markdown.' })
  markdown(@Parent() report: ReportHead): Promise<string> {
    return this.rendered(report.id, 'markdown');
  }

  @ResolveField(() => String, { description: 'The report as an HTML document with charts that needs nothing else.' })
  html(@Parent() report: ReportHead): Promise<string> {
    return this.rendered(report.id, 'html');
  }

  private async rendered(id: string, format: ReportFormat): Promise<string> {
    return (await this.pipeline.read.reportText(id, format)) ?? noSuchReport(id);
  }
}

@Resolver(() => ReportEventType)
export class ReportEventResolver {
  @ResolveField(() => String, { description: 'Hand it back as `after` to continue from here.' })
  cursor(@Parent() event: ReportEvent): string {
    return encodeCursor(event.cursor);
  }
}

function noSuchReport(id: string): never {
  throw errorOf(new NotFound('NOT_FOUND', `no report has the id ${id.slice(0, 100)}`));
}
