import { Inject } from '@nestjs/common';
import { Args, Context, ID, Int, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { Alert, AlertEvent } from '@tapewatch/model';
import type { AlertSummary, Pipeline } from '@tapewatch/pipeline';
import type { Principal } from '../../access/role.js';
import type { Subscriptions } from '../../subscriptions/subscriptions.js';
import { PIPELINE, SUBSCRIPTIONS } from '../../tokens.js';
import { DateTimeScalar } from '../date-time.scalar.js';
import type { Connection } from '../paging.js';
import { connectionOf, pageRequest } from '../paging.js';
import type { Problem } from '../problem.types.js';
import { answer, valueOf } from '../result.js';
import { AlertFilterInput, alertFilterOf } from './alert-filter.input.js';
import { RaiseAlertInput, raisedAlertOf } from './raise-alert.input.js';
import { AlertConnection, AlertEventType, AlertResult, AlertSummaryType, AlertType } from './alert.types.js';

const byDefault = { states: ['pending', 'firing'] } as const;

@Resolver()
export class AlertsResolver {
  constructor(
    @Inject(PIPELINE) private readonly pipeline: Pipeline,
    @Inject(SUBSCRIPTIONS) private readonly subscriptions: Subscriptions,
  ) {}

  @Query(() => AlertConnection, { description: 'Alerts, newest start first.' })
  async alerts(
    @Args('filter', {
      type: () => AlertFilterInput,
      nullable: true,
      description: 'Which ones; without `states` those that are PENDING or FIRING.',
    })
    filter: AlertFilterInput | null | undefined,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: 'At most this many, 1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true, description: 'The `endCursor` of the page before.' })
    after: string | null | undefined,
  ): Promise<Connection<Alert> & { totalCount: number }> {
    const request = { ...pageRequest(first, after, 50), filter: { ...byDefault, ...alertFilterOf(filter) } };
    const page = valueOf(await this.pipeline.read.alerts(request));
    return { ...connectionOf(page), totalCount: page.totalCount };
  }

  @Query(() => AlertType, {
    nullable: true,
    description: 'One alert, active or over; null when there is none of this id.',
  })
  alert(@Args('id', { type: () => ID, description: 'Its id.' }) id: string): Promise<Alert | undefined> {
    return this.pipeline.read.alert(id);
  }

  @Query(() => AlertSummaryType, { description: 'Alerts in numbers.' })
  alertSummary(): Promise<AlertSummary> {
    return this.pipeline.read.alertSummary();
  }

  @Mutation(() => AlertResult, {
    description:
      'Raises an alert by name; the same labels again are the same alert. A Conflict when a limit holds it back. Needs the role operator or ingest.',
  })
  async raiseAlert(
    @Args('input', { type: () => RaiseAlertInput, description: 'The alert.' }) input: RaiseAlertInput,
  ): Promise<Alert | Problem> {
    return answer(await this.pipeline.commands.raiseAlert(raisedAlertOf(input)));
  }

  @Mutation(() => AlertResult, { description: 'Says that somebody has the alert in hand. Needs the role operator.' })
  async acknowledgeAlert(
    @Args('id', { type: () => ID, description: 'The alert’s id.' }) id: string,
    @Args('note', { type: () => String, nullable: true, description: 'For the others.' })
    note: string | null | undefined,
    @Args('until', {
      type: () => DateTimeScalar,
      nullable: true,
      description: 'When it lapses by itself; left out, it ends with the alert.',
    })
    until: number | null | undefined,
    @Context('principal') principal: Principal,
  ): Promise<Alert | Problem> {
    const acknowledgement = {
      by: principal.name,
      ...(note == null ? {} : { note }),
      ...(until == null ? {} : { until }),
    };
    return answer(await this.pipeline.commands.acknowledgeAlert(id, acknowledgement));
  }

  @Mutation(() => AlertResult, { description: 'Takes the acknowledgement back. Needs the role operator.' })
  async unacknowledgeAlert(
    @Args('id', { type: () => ID, description: 'The alert’s id.' }) id: string,
    @Context('principal') principal: Principal,
  ): Promise<Alert | Problem> {
    return answer(await this.pipeline.commands.unacknowledgeAlert(id, principal.name));
  }

  @Mutation(() => AlertResult, {
    description:
      'Resolves an alert by hand; it stays resolved until its rule has cleared once. Needs the role operator.',
  })
  async resolveAlert(
    @Args('id', { type: () => ID, description: 'The alert’s id.' }) id: string,
    @Args('reason', { type: () => String, nullable: true, description: 'For the history.' })
    reason: string | null | undefined,
    @Context('principal') principal: Principal,
  ): Promise<Alert | Problem> {
    return answer(await this.pipeline.commands.resolveAlert(id, principal.name, reason ?? undefined));
  }

  @Subscription(() => AlertEventType, {
    resolve: (event: AlertEvent) => event,
    description: 'What happens to alerts, as it happens; with `after`, what was missed first.',
  })
  alertEvents(
    @Args('filter', {
      type: () => AlertFilterInput,
      nullable: true,
      description: 'Which ones: `states` as of the event, all else as the alert is now.',
    })
    filter: AlertFilterInput | null | undefined,
    @Args('after', { type: () => String, nullable: true, description: 'The `cursor` of the last event you have.' })
    after: string | null | undefined,
  ): Promise<AsyncIterableIterator<AlertEvent>> {
    return this.subscriptions.alertEvents(alertFilterOf(filter), after);
  }
}
