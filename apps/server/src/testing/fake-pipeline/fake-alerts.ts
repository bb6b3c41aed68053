import { accepted, Labels, refused, severityOf } from '@tapewatch/model';
import type { Alert, AlertEvent, CommandResult } from '@tapewatch/model';
import type { AlertFilter, PipelineCommands, PipelineReader, RoutedAlert } from '@tapewatch/pipeline';
import { sampleAlert, sampleStart } from '../sample-data.js';
import { FakeEventStream } from './fake-event-stream.js';
import { pageOf } from './page-of.js';

/** Alerts in a list, with events that tests let happen. */
export class FakeAlerts {
  list: Alert[] = [sampleAlert()];
  readonly stream = new FakeEventStream<AlertEvent>();
  /** When false, commands are not written in time. */
  diskKeepsUp = true;
  readonly #told: unknown[];

  /** `told` takes the commands that were given. */
  constructor(told: unknown[]) {
    this.#told = told;
  }

  readonly read = {
    alerts: (request) => {
      const wanted = compileFilter(request.filter ?? {});
      if (!wanted.ok) return Promise.resolve(wanted);
      const found = this.list.filter(wanted.value);
      return Promise.resolve(accepted({ ...pageOf(found, request), totalCount: found.length }));
    },
    compileAlertFilter: compileFilter,
    alert: (id) => Promise.resolve(this.#find(id)),
    alertHistory: (id, last) =>
      Promise.resolve(this.stream.events.filter((event) => event.alertId === id).slice(-last)),
    alertSummary: () =>
      Promise.resolve({
        firing: 1,
        pending: 0,
        acknowledged: 0,
        silenced: 0,
        historyTotal: 7,
        bySeverity: { critical: 1 },
        byName: { ExchangeFeedStale: 1 },
        lastFiredAt: sampleStart,
      }),
    routedAlerts: () => this.#routed(),
    alertGroups: () => [{ receiver: 'console', labels: Labels.EMPTY, alerts: this.#routed(), mutedBy: [] }],
  } satisfies Partial<PipelineReader>;

  readonly commands = {
    raiseAlert: (raised) => {
      this.#told.push({ what: 'raise', ...raised });
      if (raised.name === 'Spam') return Promise.resolve(refused('CONFLICT', 'held back: rate limit'));
      const first = this.list[0] as Alert;
      return Promise.resolve(accepted({ ...first, name: raised.name }));
    },
    postAlerts: (posted) => {
      this.#told.push({ what: 'post', posted });
      return Promise.resolve(accepted(undefined));
    },
    acknowledgeAlert: (id, acknowledgement) => {
      this.#told.push({ what: 'acknowledge', id, ...acknowledgement });
      return this.#change(id, { acknowledgement: { at: sampleStart, ...acknowledgement } });
    },
    unacknowledgeAlert: (id, by) => {
      this.#told.push({ what: 'unacknowledge', id, by });
      return this.#change(id, {});
    },
    resolveAlert: (id, by, reason) => {
      this.#told.push({ what: 'resolve', id, by, reason });
      if (this.#find(id)?.state === 'resolved')
        return Promise.resolve(refused('CONFLICT', 'The alert is over already'));
      return this.#change(id, {
        state: 'resolved',
        resolvedBy: by,
        ...(reason === undefined ? {} : { resolutionReason: reason }),
      });
    },
  } satisfies Partial<PipelineCommands>;

  #find(id: string): Alert | undefined {
    return this.list.find((alert) => alert.id === id);
  }

  #routed(): readonly RoutedAlert[] {
    return this.list
      .filter(({ state }) => state === 'firing')
      .map((alert) => ({
        alert,
        updatedAt: alert.startsAt,
        endsAt: alert.endsAt ?? alert.startsAt + 240_000,
        generatorUrl: 'http://tapewatch.test/graph',
        receivers: ['console'],
        inhibitedBy: [],
      }));
  }

  #change(id: string, change: Partial<Alert>): Promise<CommandResult<Alert>> {
    if (!this.diskKeepsUp) return Promise.resolve(refused('UNAVAILABLE', 'It could not be written to disk yet'));
    const alert = this.#find(id);
    if (alert === undefined) return Promise.resolve(refused('NOT_FOUND', `No alert has the id ${id}`));
    const changed = { ...alert, ...change };
    this.list = this.list.map((candidate) => (candidate.id === id ? changed : candidate));
    return Promise.resolve(accepted(changed));
  }
}

function compileFilter(filter: AlertFilter): CommandResult<(alert: Alert) => boolean> {
  const broken = filter.matchers?.some((matcher) => matcher.startsWith('!')) ?? false;
  if (broken) return refused('INVALID_INPUT', '1:1: a label name was expected', 'filter.matchers');
  return accepted((alert) => passes(alert, filter));
}

function passes(alert: Alert, filter: AlertFilter): boolean {
  const severity = severityOf(alert.labels);
  return (
    (filter.states === undefined || filter.states.includes(alert.state)) &&
    (filter.severities === undefined || (severity !== undefined && filter.severities.includes(severity))) &&
    (filter.acknowledged === undefined || filter.acknowledged === (alert.acknowledgement !== undefined)) &&
    (filter.since === undefined || alert.startsAt >= filter.since) &&
    (filter.matchers ?? []).every((matcher) => {
      const [, name, value] = /^"?(\w+)"?="(.*)"$/.exec(matcher) ?? [];
      return name !== undefined && alert.labels.get(name) === value;
    })
  );
}
