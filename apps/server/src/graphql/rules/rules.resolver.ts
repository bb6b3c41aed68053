import { Inject } from '@nestjs/common';
import { Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Alert } from '@tapewatch/model';
import type { Pipeline, RuleGroupView, RuleView } from '@tapewatch/pipeline';
import { PIPELINE } from '../../tokens.js';
import { AlertType } from '../alerts/alert.types.js';
import { RuleGroupType, RuleType } from './rule.types.js';

@Resolver(() => RuleType)
export class RulesResolver {
  constructor(@Inject(PIPELINE) private readonly pipeline: Pipeline) {}

  @Query(() => [RuleGroupType], { description: 'Every rule, in the groups they are evaluated in.' })
  rules(): readonly RuleGroupView[] {
    return this.pipeline.read.rules();
  }

  @ResolveField(() => [AlertType], { description: 'Its active alerts.' })
  async alerts(@Parent() rule: RuleView): Promise<readonly Alert[]> {
    const alerts = await Promise.all(rule.alertIds.map((id) => this.pipeline.read.alert(id)));
    // One that ended in between is no active alert any more.
    return alerts.filter((alert) => alert !== undefined);
  }

  @ResolveField(() => [String], {
    description:
      'Receivers to which its alerts may go, as far as the labels that it sets itself tell; those of series may match anything. Empty for a recording rule.',
  })
  receivers(@Parent() rule: RuleView): readonly string[] {
    return hasAlerts(rule) ? this.pipeline.read.ruleWay(rule).receivers : [];
  }

  @ResolveField(() => Boolean, {
    description: 'Nobody is told of its alerts: none of the receivers has a channel, and none of an escalation.',
  })
  tellsNobody(@Parent() rule: RuleView): boolean {
    return hasAlerts(rule) && this.pipeline.read.ruleWay(rule).tellsNobody;
  }
}

function hasAlerts({ state }: RuleView): boolean {
  return state !== undefined;
}
