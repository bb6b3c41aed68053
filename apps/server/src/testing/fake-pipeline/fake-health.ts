import { accepted, refused, type ComponentHealth, type HealthEvent } from '@tapewatch/model';
import type { PipelineCommands, PipelineReader, Readiness } from '@tapewatch/pipeline';
import { sampleComponents, sampleStart } from '../sample-data.js';
import { FakeEventStream } from './fake-event-stream.js';
import { pageOf } from './page-of.js';

/** Health checks of fixed results, with events that tests let happen. */
export class FakeHealth {
  components: readonly ComponentHealth[] = sampleComponents;
  ready: Readiness = { ready: true, waitingFor: [], degraded: [] };
  readonly stream = new FakeEventStream<HealthEvent>();

  readonly read = {
    readiness: () => this.ready,
    health: () => ({ status: 'degraded', checkedAt: sampleStart, components: this.components }),
    healthHistory: (request) => {
      const all = this.stream.events
        .filter((event) => request.component === undefined || event.component === request.component)
        .filter((event) => request.since === undefined || event.at >= request.since);
      return Promise.resolve(accepted(pageOf(all.toReversed(), request)));
    },
    uptimeRatio: (component, rangeMs) =>
      Promise.resolve(component === 'exchange' && rangeMs === 86_400_000 ? 0.5 : undefined),
  } satisfies Partial<PipelineReader>;

  readonly commands = {
    runHealthCheck: (component) => {
      const found = this.components.find((candidate) => candidate.name === component);
      if (component === 'busy') return Promise.resolve(refused('UNAVAILABLE', 'The check is running'));
      return Promise.resolve(
        found === undefined ? refused('NOT_FOUND', `No check is named ${component}`) : accepted(found),
      );
    },
  } satisfies Partial<PipelineCommands>;
}
