interface OtlpAttribute {
  readonly key: string;
  readonly value?: { readonly stringValue?: string; readonly boolValue?: boolean; readonly intValue?: string | number };
}

interface OtlpDataPoint {
  readonly attributes?: readonly OtlpAttribute[];
  readonly timeUnixNano: string;
  readonly asDouble?: number;
  readonly asInt?: string | number;
  readonly count?: string | number;
  readonly sum?: number;
  readonly bucketCounts?: readonly (string | number)[];
}

interface OtlpData {
  readonly dataPoints?: readonly OtlpDataPoint[];
  readonly aggregationTemporality?: number;
  readonly isMonotonic?: boolean;
}

/** An ExportMetricsServiceRequest as OTLP's JSON has it. */
export interface OtlpRequest {
  readonly resourceMetrics: readonly {
    readonly resource?: { readonly attributes?: readonly OtlpAttribute[] };
    readonly scopeMetrics?: readonly {
      readonly metrics?: readonly {
        readonly name: string;
        readonly unit?: string;
        readonly gauge?: OtlpData;
        readonly sum?: OtlpData;
        readonly histogram?: OtlpData;
      }[];
    }[];
  }[];
}

/** One value of one series at one time, with all that is said of it. */
export interface OtlpPoint {
  readonly metric: string;
  readonly unit: string;
  readonly kind: 'gauge' | 'sum' | 'histogram';
  readonly temporality: 'delta' | 'cumulative' | undefined;
  /** Only sums may be. */
  readonly monotonic: boolean;
  readonly resource: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
  readonly timeNano: bigint;
  /** Of a histogram the sum. */
  readonly value: number;
  /** Of a histogram. */
  readonly count: number;
  readonly bucketCounts: readonly number[];
}

/** What a request says, point by point. */
export function pointsOf(request: OtlpRequest): readonly OtlpPoint[] {
  const points: OtlpPoint[] = [];
  for (const { resource, scopeMetrics = [] } of request.resourceMetrics) {
    const attributes = record(resource?.attributes);
    for (const { metrics = [] } of scopeMetrics) {
      for (const { name, unit = '', ...data } of metrics) {
        for (const kind of ['gauge', 'sum', 'histogram'] as const) {
          for (const point of data[kind]?.dataPoints ?? [])
            points.push(pointOf(name, unit, kind, data[kind] ?? {}, point, attributes));
        }
      }
    }
  }
  return points;
}

/** The same series at the same time has the same key, wherever it has come through. */
export function keyOf({ metric, attributes, timeNano }: OtlpPoint): string {
  const pairs = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${metric}${JSON.stringify(pairs)}@${timeNano}`;
}

function pointOf(
  metric: string,
  unit: string,
  kind: OtlpPoint['kind'],
  data: OtlpData,
  point: OtlpDataPoint,
  resource: Readonly<Record<string, string>>,
): OtlpPoint {
  const number = kind === 'histogram' ? (point.sum ?? 0) : Number(point.asDouble ?? point.asInt ?? 0);
  return {
    metric,
    unit,
    kind,
    temporality: ([undefined, 'delta', 'cumulative'] as const)[data.aggregationTemporality ?? 0],
    monotonic: data.isMonotonic ?? false,
    resource,
    attributes: record(point.attributes),
    timeNano: BigInt(point.timeUnixNano),
    value: number,
    count: Number(point.count ?? 0),
    bucketCounts: (point.bucketCounts ?? []).map(Number),
  };
}

function record(attributes: readonly OtlpAttribute[] = []): Record<string, string> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, String(value?.stringValue ?? value?.boolValue ?? value?.intValue ?? '')]),
  );
}
