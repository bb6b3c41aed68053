import { printed } from '../print.js';
import { timeAt } from '../time-values.js';
import { ListValue, MapValue, StructValue, type Value } from '../value.js';

/** One alert as Alertmanager's templates know it. Times are milliseconds since the epoch. */
export interface MessageAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: number;
  readonly endsAt?: number;
  readonly url: string;
  readonly fingerprint: string;
}

/** What a message is about. */
export interface MessageData {
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly alerts: readonly MessageAlert[];
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly commonLabels: Readonly<Record<string, string>>;
  readonly commonAnnotations: Readonly<Record<string, string>>;
  readonly externalUrl: string;
}

/** Go's zero time. */
const never = -62_135_596_800_000;

/** Alertmanager's template data (template/template.go, Data). */
export function messageValue(data: MessageData): StructValue {
  const alerts = alertsValue(data.alerts.map((alert) => ({ alert, value: alertValue(alert) })));
  const fields: Readonly<Record<string, () => Value>> = {
    Receiver: () => data.receiver,
    Status: () => data.status,
    Alerts: () => alerts,
    GroupLabels: () => pairsByName(data.groupLabels),
    CommonLabels: () => pairsByName(data.commonLabels),
    CommonAnnotations: () => pairsByName(data.commonAnnotations),
    RouteLabels: () => pairsByName({}),
    NotificationReason: () => '',
    ExternalURL: () => data.externalUrl,
  };
  return new StructValue('*template.Data', fields);
}

function alertValue({ status, labels, annotations, startsAt, endsAt, url, fingerprint }: MessageAlert): StructValue {
  return new StructValue('template.Alert', {
    Status: () => status,
    Labels: () => pairsByName(labels),
    Annotations: () => pairsByName(annotations),
    StartsAt: () => timeAt(startsAt),
    EndsAt: () => timeAt(endsAt ?? never),
    GeneratorURL: () => url,
    Fingerprint: () => fingerprint,
  });
}

function alertsValue(alerts: readonly { readonly alert: MessageAlert; readonly value: StructValue }[]): ListValue {
  const of = (status: MessageAlert['status']): Value =>
    alerts.filter(({ alert }) => alert.status === status).map(({ value }) => value);
  return ListValue.with(
    alerts.map(({ value }) => value),
    { typeName: 'template.Alerts', plain: { Firing: () => of('firing'), Resolved: () => of('resolved') } },
  );
}

/** Alertmanager's KV: a map of texts that knows its pairs in order, alertname first. */
function pairsByName(record: Readonly<Record<string, string>>): MapValue {
  const sorted = (): readonly (readonly [string, string])[] =>
    Object.entries(record).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0));
  return MapValue.ofStrings(Object.entries(record), {
    typeName: 'template.KV',
    text: () => pairsText(sorted()),
    plain: {
      SortedPairs: () => pairsValue(sorted()),
      Names: () => textsValue(sorted().map(([name]) => name)),
      Values: () => textsValue(sorted().map(([, value]) => value)),
    },
    ofOne: {
      Remove: (names) => {
        const taken = new Set(Array.isArray(names) ? (names as readonly Value[]) : []);
        return pairsByName(Object.fromEntries(Object.entries(record).filter(([name]) => !taken.has(name))));
      },
    },
  });
}

function rank(name: string): number {
  return name === 'alertname' ? 0 : 1;
}

function pairsValue(pairs: readonly (readonly [string, string])[]): ListValue {
  const items = pairs.map(
    ([name, value]) => new StructValue('template.Pair', { Name: () => name, Value: () => value }),
  );
  return ListValue.with(items, {
    typeName: 'template.Pairs',
    text: () => pairsText(pairs),
    plain: {
      Names: () => textsValue(pairs.map(([name]) => name)),
      Values: () => textsValue(pairs.map(([, value]) => value)),
    },
  });
}

function textsValue(texts: readonly string[]): ListValue {
  return ListValue.with(texts, {
    typeName: 'template.Strings',
    plain: {},
    ofOne: { Join: (separator) => texts.join(printed(separator)) },
  });
}

function pairsText(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => `${name}=${value}`).join(', ');
}
