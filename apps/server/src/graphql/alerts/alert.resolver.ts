import { Inject } from '@nestjs/common';
import { Args, Float, ID, Int, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { Alert, AlertEvent, Severity } from '@tapewatch/model';
import { severityOf } from '@tapewatch/model';
import type { Pipeline } from '@tapewatch/pipeline';
import { encodeCursor } from '../../subscriptions/cursor.js';
import { PIPELINE } from '../../tokens.js';
import { JsonScalar } from '../json.scalar.js';
import { within } from '../paging.js';
import { finite, numberText } from '../special-number.js';
import { SeverityEnum } from './alert-enums.js';
import { AlertEventType, AlertType } from './alert.types.js';

const mostHistory = 1000;

/** An event whose alert is known already, so that a list of them needs no look-up each. */
type EventOfAlert = AlertEvent & { readonly alert?: Alert };

@Resolver(() => AlertType)
export class AlertResolver {
  constructor(@Inject(PIPELINE) private readonly pipeline: Pipeline) {}

  @ResolveField(() => SeverityEnum, {
    nullable: true,
    description: 'The label `severity`; null when it is another word, which stays in `labels`.',
  })
  severity(@Parent() alert: Alert): Severity | undefined {
    return severityOf(alert.labels);
  }

  @ResolveField(() => JsonScalar, { description: 'Its labels, `alertname` included: an object of strings.' })
  labels(@Parent() alert: Alert): Record<string, string> {
    return alert.labels.toObject();
  }

  @ResolveField(() => Float, {
    nullable: true,
    description: 'What the rule’s query found; null where it is no finite number.',
  })
  value(@Parent() alert: Alert): number | null {
    return finite(alert.value);
  }

  @ResolveField(() => String, { description: 'The value as text: `NaN`, `+Inf` and `-Inf` included.' })
  valueText(@Parent() alert: Alert): string {
    return numberText(alert.value);
  }

  @ResolveField(() => [ID], { description: 'The silences that cover it.' })
  silencedBy(@Parent() alert: Alert): readonly string[] {
    return alert.silencedBy ?? [];
  }

  @ResolveField(() => [ID], { description: 'The alerts that inhibit it.' })
  inhibitedBy(@Parent() alert: Alert): readonly string[] {
    return alert.inhibitedBy ?? [];
  }

  @ResolveField(() => [AlertEventType], { description: 'What happened to it, newest last.' })
  async history(
    @Parent() alert: Alert,
    @Args('last', {
      type: () => Int,
      nullable: true,
      defaultValue: 100,
      description: 'At most the newest so many, 1 to 1000.',
    })
    last: number | null,
  ): Promise<readonly EventOfAlert[]> {
    const count = within('last', last ?? 100, 1, mostHistory);
    const events = await this.pipeline.read.alertHistory(alert.id, count);
    return events.map((event) => ({ ...event, alert }));
  }
}

@Resolver(() => AlertEventType)
export class AlertEventResolver {
  constructor(@Inject(PIPELINE) private readonly pipeline: Pipeline) {}

  @ResolveField(() => String, { description: 'Hand it back as `after` to continue from here.' })
  cursor(@Parent() event: AlertEvent): string {
    return encodeCursor(event.cursor);
  }

  @ResolveField(() => AlertType, { description: 'The alert as it is now.' })
  async alert(@Parent() event: EventOfAlert): Promise<Alert | undefined> {
    return event.alert ?? (await this.pipeline.read.alert(event.alertId));
  }
}
