import type { ServerResponse } from 'node:http';
import { Body, Controller, Get, HttpCode, Inject, Post, Query as RequestQuery, Res } from '@nestjs/common';
import type { Pipeline, RoutedAlert } from '@tapewatch/pipeline';
import { PIPELINE } from '../tokens.js';
import { alertJson, groupJson } from './alert-json.js';
import { readPostedAlerts } from './posted-alerts.js';
import { passesAll, Query } from './query.js';
import { found, reply } from './reply.js';

/** `/api/v2/alerts` and `/api/v2/alerts/groups`. */
@Controller('api/v2/alerts')
export class AlertmanagerAlertsController {
  constructor(@Inject(PIPELINE) private readonly pipeline: Pipeline) {}

  @Get()
  list(@RequestQuery() query: object, @Res() response: ServerResponse): Promise<void> {
    return reply(response, () => {
      const asked = new Query(query);
      const wanted = filterOf(asked);
      const isReceiver = asked.receiver();
      return this.pipeline.read
        .routedAlerts()
        .filter((routed) => wanted(routed) && routed.receivers.some(isReceiver))
        .sort((a, b) => (a.alert.fingerprint < b.alert.fingerprint ? -1 : 1))
        .map((routed) => alertJson(routed));
    });
  }

  @Get('groups')
  groups(@RequestQuery() query: object, @Res() response: ServerResponse): Promise<void> {
    return reply(response, () => {
      const asked = new Query(query);
      const wanted = filterOf(asked);
      const isReceiver = asked.receiver();
      const withMuted = asked.flag('muted');
      return this.pipeline.read
        .alertGroups()
        .filter((group) => isReceiver(group.receiver) && (withMuted || group.mutedBy.length === 0))
        .map((group) => ({ group, alerts: group.alerts.filter(wanted) }))
        .filter(({ alerts }) => alerts.length > 0)
        .map(({ group, alerts }) => groupJson(group, alerts));
    });
  }

  @Post()
  @HttpCode(200)
  post(@Body() body: unknown, @Res() response: ServerResponse): Promise<void> {
    return reply(response, async () => {
      const { alerts, problems } = readPostedAlerts(body);
      found(await this.pipeline.commands.postAlerts(alerts));
      // As there: what is right is taken, what is not is told.
      found(problems);
      return {};
    });
  }
}

/** The switches and matchers that lists and groups of alerts share. */
function filterOf(asked: Query): (routed: RoutedAlert) => boolean {
  const matchers = asked.matchers('filter');
  const [active, silenced, inhibited] = ['active', 'silenced', 'inhibited'].map((name) => asked.flag(name));
  return ({ alert }) => {
    const isSilenced = alert.silencedBy !== undefined;
    const isInhibited = alert.inhibitedBy !== undefined;
    if (active === false && !isSilenced && !isInhibited) return false;
    if ((silenced === false && isSilenced) || (inhibited === false && isInhibited)) return false;
    return passesAll(matchers, alert.labels);
  };
}
