import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import type { OTLPMetricExporterOptions } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { AggregationTemporality } from '@opentelemetry/sdk-metrics';
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { partialSuccess } from '../sdk-diagnostics.js';
import type { DestinationOptions } from './destination-options.js';

/** How one export ended. */
export type ExportOutcome =
  { readonly ok: true; readonly rejectedPoints: number } | { readonly ok: false; readonly error: Error };

/** One connection to one destination, as `OtlpDestination` needs it. */
export interface Exporter {
  /** Never rejects. */
  export(resourceMetrics: ResourceMetrics): Promise<ExportOutcome>;
  /** Cuts the connections of exports that are under way. Those exports then fail; later ones connect anew. */
  abort(): void;
  /** As `abort`, for good: no connection is made any more. */
  close(): void;
}

export function createOtlpExporter(destination: DestinationOptions): Exporter {
  const agents = new Agents(destination);
  const settings: ConstructorParameters<typeof JsonExporter>[0] & OTLPMetricExporterOptions = {
    url: destination.url,
    headers: { ...destination.headers },
    timeoutMillis: destination.timeoutMs,
    temporalityPreference: AggregationTemporality.CUMULATIVE,
    httpAgentOptions: () => agents.agent,
  };
  const exporter = withoutOtlpVariables((): PushMetricExporter => {
    const compressed = Object.assign(settings, { compression: destination.compression });
    return destination.protocol === 'http/json' ? new JsonExporter(compressed) : new ProtobufExporter(compressed);
  });
  return {
    export: (resourceMetrics) => exportOnce(exporter, resourceMetrics),
    abort: () => agents.agent.destroy(),
    close: () => agents.close(),
  };
}

function exportOnce(exporter: PushMetricExporter, resourceMetrics: ResourceMetrics): Promise<ExportOutcome> {
  return new Promise((resolve) => {
    let rejectedPoints = 0;
    const listener = (points: number): void => {
      rejectedPoints += points;
    };
    try {
      partialSuccess.run(listener, () => {
        exporter.export(resourceMetrics, ({ error, code }) => {
          // 0 is success; the enumeration itself lives in a package that is the exporter's affair.
          if (error === undefined && Number(code) === 0) resolve({ ok: true, rejectedPoints });
          else resolve({ ok: false, error: error ?? new Error('the export failed without a reason') });
        });
      });
    } catch (error) {
      resolve({ ok: false, error: error instanceof Error ? error : new Error(String(error)) });
    }
  });
}

class Agents {
  readonly agent: HttpAgent;

  constructor({ url, tls }: DestinationOptions) {
    const options = { keepAlive: true, maxSockets: 2 };
    this.agent = url.startsWith('https:') ? new HttpsAgent({ ...options, ...tls }) : new HttpAgent(options);
  }

  /** The exporter may still wait for a retry of its own; the retry must not find a way out. */
  close(): void {
    this.agent.createConnection = () => {
      throw new Error('the destination is closed');
    };
    this.agent.destroy();
  }
}

/**
 * The exporters mix the process' OTEL_EXPORTER_OTLP_* variables into what they are given, and would send the headers of one
 * destination to all others. They read them while they are constructed, so the variables are taken away for that moment.
 */
function withoutOtlpVariables<T>(make: () => T): T {
  const hidden = Object.entries(process.env).filter(([name]) => name.startsWith('OTEL_EXPORTER_OTLP_'));
  for (const [name] of hidden) delete process.env[name];
  try {
    return make();
  } finally {
    for (const [name, value] of hidden) process.env[name] = value;
  }
}
