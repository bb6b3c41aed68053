import type { ServerResponse } from 'node:http';
import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import type { Alert } from '@tapewatch/model';
import type { Pipeline, RuleGroupView, RuleView } from '@tapewatch/pipeline';
import { PIPELINE } from '../tokens.js';
import { ApiError } from './api-error.js';
import { exponentText } from './number-text.js';
import { Parameters } from './parameters.js';
import { reply } from './reply.js';

/** `/api/v1/rules` and `/api/v1/alerts`. */
@Controller('api/v1')
export class PrometheusRulesController {
  constructor(@Inject(PIPELINE) private readonly pipeline: Pipeline) {}

  @Get('rules')
  rules(@Query() query: object, @Res() response: ServerResponse): Promise<void> {
    return reply(response, async () => {
      const parameters = new Parameters(undefined, { ...query });
      const type = parameters.text('type').toLowerCase();
      if (!['', 'alert', 'record'].includes(type))
        throw new ApiError('bad_data', `not supported value ${JSON.stringify(type)}`);
      const wanted = filterOf(parameters);
      const withAlerts = !/^(1|t|true)$/i.test(parameters.text('exclude_alerts'));
      const groups = [];
      for (const group of this.pipeline.read.rules()) {
        const rules = group.rules.filter((rule) => wanted(group, rule) && (type === '' || type === typeOf(rule)));
        if (rules.length > 0) groups.push(await this.groupJson(group, rules, withAlerts));
      }
      return { data: { groups } };
    });
  }

  @Get('alerts')
  alerts(@Res() response: ServerResponse): Promise<void> {
    return reply(response, async () => {
      const rules = this.pipeline.read.rules().flatMap((group) => group.rules);
      const alerts = await Promise.all(rules.map((rule) => this.alertsOf(rule)));
      return { data: { alerts: alerts.flat().map(alertJson) } };
    });
  }

  private async groupJson(group: RuleGroupView, rules: readonly RuleView[], withAlerts: boolean): Promise<object> {
    const written = [];
    for (const rule of rules) {
      const alerts = withAlerts && typeOf(rule) === 'alert' ? (await this.alertsOf(rule)).map(alertJson) : [];
      written.push(ruleJson(rule, alerts, group));
    }
    return {
      name: group.name,
      file: group.file,
      rules: written,
      interval: group.intervalMs / 1000,
      limit: 0,
      evaluationTime: (group.lastEvaluationMs ?? 0) / 1000,
      lastEvaluation: timeText(group.lastEvaluationAt),
    };
  }

  private async alertsOf(rule: RuleView): Promise<readonly Alert[]> {
    const alerts = await Promise.all(rule.alertIds.map((id) => this.pipeline.read.alert(id)));
    return alerts.filter((alert) => alert !== undefined);
  }
}

/** By `rule_name[]`, `rule_group[]` and `file[]`: each narrows when it is given. */
function filterOf(parameters: Parameters): (group: RuleGroupView, rule: RuleView) => boolean {
  const names = new Set(parameters.list('rule_name[]'));
  const groups = new Set(parameters.list('rule_group[]'));
  const files = new Set(parameters.list('file[]'));
  const passes = (set: ReadonlySet<string>, value: string): boolean => set.size === 0 || set.has(value);
  return (group, rule) => passes(groups, group.name) && passes(files, group.file) && passes(names, rule.name);
}

function typeOf(rule: RuleView): 'alert' | 'record' {
  return rule.kind === 'recording' ? 'record' : 'alert';
}

/** Prometheus' words; a rule without data is well there. */
function healthOf(rule: RuleView): string {
  return rule.health === 'error' ? 'err' : rule.health === 'unknown' ? 'unknown' : 'ok';
}

function ruleJson(rule: RuleView, alerts: readonly object[], group: RuleGroupView): object {
  const common = {
    name: rule.name,
    query: rule.query,
    labels: rule.labels,
    health: healthOf(rule),
    ...(rule.lastError === undefined ? {} : { lastError: rule.lastError }),
    evaluationTime: 0,
    lastEvaluation: timeText(group.lastEvaluationAt),
  };
  if (typeOf(rule) === 'record') return { ...common, type: 'recording' };
  return {
    state: rule.state,
    ...common,
    duration: rule.forMs / 1000,
    keepFiringFor: rule.keepFiringForMs / 1000,
    annotations: rule.annotations,
    alerts,
    type: 'alerting',
  };
}

function alertJson(alert: Alert): object {
  return {
    labels: alert.labels,
    annotations: alert.annotations,
    state: alert.state,
    activeAt: timeText(alert.startsAt),
    ...(alert.keepFiringSince === undefined ? {} : { keepFiringSince: timeText(alert.keepFiringSince) }),
    value: exponentText(alert.value),
  };
}

/** Go's zero time stands for "never". */
function timeText(ms: number | undefined): string {
  return ms === undefined ? '0001-01-01T00:00:00Z' : new Date(ms).toISOString();
}
