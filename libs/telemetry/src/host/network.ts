import type { Attributes, BatchObservableResult, Meter, Observable } from '@opentelemetry/api';
import type { Clock } from '@tapewatch/model';
import { HostMetricsSource } from './host-metrics-source.js';
import type { NetworkFigure } from './host-metrics-source.js';
import type { HostPart } from './host-part.js';
import { InstrumentGroup } from './instrument-group.js';
import { ProcFile } from './proc-file.js';
import { parseNetDev } from './proc-parsers.js';

/**
 * Traffic per network interface. On Linux from procfs: the host metrics package asks `systeminformation`, which starts a
 * child process on each call and covers the default interface alone. Elsewhere that package is the source, asked every
 * 10 s for the same reason.
 */
export function network(meter: Meter, clock: Clock, procRoot: string, platform: NodeJS.Platform): HostPart {
  return platform === 'linux' ? networkOfProcfs(meter, procRoot) : networkOfHostMetrics(meter, clock);
}

function networkOfProcfs(meter: Meter, procRoot: string): HostPart {
  const netDev = new ProcFile(`${procRoot}/net/dev`);
  const group = new InstrumentGroup(meter);
  const { io, errors, dropped } = instruments(group);
  const packets = group.counter('system.network.packet.count', '{packet}', 'Packets received and sent.');
  const attributes = new Map<string, InterfaceAttributes>();
  group.observe(async (result) => {
    for (const counters of parseNetDev((await netDev.read()) ?? '')) {
      let of = attributes.get(counters.name);
      if (of === undefined) attributes.set(counters.name, (of = attributesOf(counters.name)));
      for (const direction of ['receive', 'transmit'] as const) {
        const { byInterface, byDevice } = of[direction];
        result.observe(io, counters[direction].bytes, byInterface);
        result.observe(errors, counters[direction].errors, byInterface);
        result.observe(dropped, counters[direction].dropped, byInterface);
        result.observe(packets, counters[direction].packets, byDevice);
      }
    }
    // Containers' interfaces come and go under ever new names.
    if (attributes.size > 1000) attributes.clear();
  });
  return {
    async stop() {
      group.stop();
      await netDev.close();
    },
  };
}

const refreshMs = 10_000;

function networkOfHostMetrics(meter: Meter, clock: Clock): HostPart {
  const source = new HostMetricsSource(['system.network']);
  const group = new InstrumentGroup(meter);
  const { io, errors, dropped } = instruments(group);
  const byMetric: Readonly<Record<NetworkFigure['metric'], Observable>> = {
    'system.network.io': io,
    'system.network.errors': errors,
    'system.network.packet.dropped': dropped,
  };
  let figures: readonly NetworkFigure[] = [];
  let askedAtMs = -Infinity;
  group.observe((result: BatchObservableResult) => {
    if (clock.monotonic() - askedAtMs >= refreshMs) {
      askedAtMs = clock.monotonic();
      source.readNetwork().then(
        (read) => {
          figures = read;
        },
        () => {
          figures = [];
        },
      );
    }
    for (const { metric, interfaceName, direction, value } of figures) {
      const { byInterface } = attributesOf(interfaceName)[direction === 'receive' ? 'receive' : 'transmit'];
      result.observe(byMetric[metric], value, byInterface);
    }
  });
  return { stop: () => group.stop() };
}

function instruments(group: InstrumentGroup): Readonly<Record<'io' | 'errors' | 'dropped', Observable>> {
  return {
    io: group.counter('system.network.io', 'By', 'Bytes received and sent.'),
    errors: group.counter('system.network.errors', '{error}', 'Faulty packets.'),
    dropped: group.counter('system.network.packet.dropped', '{packet}', 'Packets thrown away although faultless.'),
  };
}

/** The conventions name the interface differently for packet counts. */
type InterfaceAttributes = Readonly<
  Record<'receive' | 'transmit', { readonly byInterface: Attributes; readonly byDevice: Attributes }>
>;

function attributesOf(name: string): InterfaceAttributes {
  const of = (direction: string): { readonly byInterface: Attributes; readonly byDevice: Attributes } => ({
    byInterface: { 'network.interface.name': name, 'network.io.direction': direction },
    byDevice: { 'system.device': name, 'network.io.direction': direction },
  });
  return { receive: of('receive'), transmit: of('transmit') };
}
