import { readFileSync } from 'node:fs';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { ConfigError, messageOf } from '@tapewatch/model';
import { EnvironmentReader } from './environment-reader.js';
import type { Environment } from './environment-reader.js';
import type {
  DestinationConfig,
  DestinationOptions,
  OtlpCompression,
  OtlpProtocol,
  TlsFiles,
} from './destination-options.js';

const protocols: readonly OtlpProtocol[] = ['http/json', 'http/protobuf'];
const compressions: readonly OtlpCompression[] = ['gzip', 'none'];
const signalPath = '/v1/metrics';
const defaultTimeoutMs = 10_000;
/** Name of the destination that the environment variables describe. */
const environmentName = 'environment';

/**
 * Where metrics go over OTLP: what the standard OTEL_* variables say, then what the config says. [] when nothing is set, or
 * with OTEL_SDK_DISABLED=true. Throws a ConfigError with every problem found. Reads certificate files, so at start only.
 */
export function destinationsFrom(env: Environment, configured: readonly DestinationConfig[]): DestinationOptions[] {
  const reader = new EnvironmentReader(env);
  const disabled = reader.boolean('OTEL_SDK_DISABLED');
  const schedule = scheduleOf(reader);
  const fromEnvironment = destinationOfEnvironment(reader, schedule);
  const destinations = [...(fromEnvironment === undefined ? [] : [fromEnvironment])];
  for (const [index, config] of configured.entries()) {
    const path = `otlp.destinations[${index}]`;
    if (destinations.some(({ name }) => name === config.name)) {
      reader.complain(`${path}.name`, `two destinations are called ${config.name}`, {
        hint: 'Give each its own name.',
      });
    }
    const destination = destinationOfConfig(reader, path, config, schedule);
    if (destination !== undefined) destinations.push(destination);
  }
  if (reader.problems.length > 0) throw new ConfigError(reader.problems);
  return disabled ? [] : destinations;
}

interface Schedule {
  readonly everyTicks: number;
  readonly mostMs: number;
}

function scheduleOf(reader: EnvironmentReader): Schedule {
  const intervalMs = reader.milliseconds('OTEL_METRIC_EXPORT_INTERVAL') ?? 1000;
  const mostMs = reader.milliseconds('OTEL_METRIC_EXPORT_TIMEOUT') ?? 30_000;
  return { everyTicks: Math.max(1, Math.round(intervalMs / 1000)), mostMs };
}

function destinationOfEnvironment(reader: EnvironmentReader, schedule: Schedule): DestinationOptions | undefined {
  const exporter = reader.oneOf(['otlp', 'none'], 'OTEL_METRICS_EXPORTER');
  reader.oneOf(['cumulative'], 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE');
  const protocol = protocolOfEnvironment(reader);
  const compression = reader.oneOf(compressions, ...both('COMPRESSION'));
  const timeoutMs = reader.milliseconds(...both('TIMEOUT')) ?? defaultTimeoutMs;
  const headers = headersOfEnvironment(reader);
  const tls = tlsOfEnvironment(reader);
  const url = urlOfEnvironment(reader);
  if (url === undefined || exporter === 'none') return undefined;
  return {
    name: environmentName,
    url,
    protocol: protocol ?? 'http/json',
    headers,
    compression: compression ?? 'gzip',
    timeoutMs: Math.min(timeoutMs, schedule.mostMs),
    everyTicks: schedule.everyTicks,
    ...(tls === undefined ? {} : { tls }),
  };
}

/** The variable for metrics alone, which wins, and the one for all signals. */
function both(suffix: string): readonly [string, string] {
  return [`OTEL_EXPORTER_OTLP_METRICS_${suffix}`, `OTEL_EXPORTER_OTLP_${suffix}`];
}

function protocolOfEnvironment(reader: EnvironmentReader): OtlpProtocol | undefined {
  const found = reader.first(...both('PROTOCOL'));
  if (found?.value.toLowerCase() !== 'grpc') return reader.oneOf(protocols, ...both('PROTOCOL'));
  refuseGrpc(reader, found.name);
  return undefined;
}

function refuseGrpc(reader: EnvironmentReader, path: string): void {
  reader.complain(path, 'OTLP over gRPC is not supported', {
    found: '"grpc"',
    allowed: protocols.join(', '),
    hint: 'Most backends take OTLP over HTTP as well, usually on port 4318 instead of 4317.',
  });
}

/** The general endpoint is a base URL, the one for metrics is used as it is (specification, "OTLP Exporter Configuration"). */
function urlOfEnvironment(reader: EnvironmentReader): string | undefined {
  const [specific, general] = both('ENDPOINT');
  const own = reader.first(specific);
  if (own !== undefined) return checkedUrl(reader, own.name, own.value)?.href;
  const base = reader.first(general);
  const url = base === undefined ? undefined : checkedUrl(reader, base.name, base.value);
  return url === undefined ? undefined : withSignalPath(url, false).href;
}

function headersOfEnvironment(reader: EnvironmentReader): Record<string, string> {
  const [specific, general] = both('HEADERS');
  const headers = { ...reader.pairs(general), ...reader.pairs(specific) };
  checkHeaders(reader, reader.first(specific, general)?.name ?? general, headers);
  return headers;
}

function tlsOfEnvironment(reader: EnvironmentReader): TlsFiles | undefined {
  const ca = fileOf(reader, ...both('CERTIFICATE'));
  const cert = fileOf(reader, ...both('CLIENT_CERTIFICATE'));
  const key = fileOf(reader, ...both('CLIENT_KEY'));
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function fileOf(reader: EnvironmentReader, ...names: readonly string[]): string | undefined {
  const found = reader.first(...names);
  if (found === undefined) return undefined;
  try {
    return readFileSync(found.value, 'utf8');
  } catch (error) {
    reader.complain(found.name, `the file that ${found.name} names cannot be read: ${messageOf(error)}`);
    return undefined;
  }
}

function destinationOfConfig(
  reader: EnvironmentReader,
  path: string,
  config: DestinationConfig,
  schedule: Schedule,
): DestinationOptions | undefined {
  const url = checkedUrl(reader, `${path}.endpoint`, config.endpoint);
  const protocol = chosen(reader, `${path}.protocol`, protocols, config.protocol);
  const compression = chosen(reader, `${path}.compression`, compressions, config.compression);
  const headers = { ...config.headers };
  checkHeaders(reader, `${path}.headers`, headers);
  const timeoutMs = config.timeoutMs ?? defaultTimeoutMs;
  if (!(timeoutMs > 0 && timeoutMs <= 2 ** 31 - 1)) {
    reader.complain(`${path}.timeout`, 'the timeout must be above zero', { found: String(timeoutMs) });
  }
  if (url === undefined) return undefined;
  return {
    name: config.name,
    url: withSignalPath(url, true).href,
    protocol: protocol ?? 'http/json',
    headers,
    compression: compression ?? 'gzip',
    timeoutMs: Math.min(timeoutMs, schedule.mostMs),
    everyTicks: schedule.everyTicks,
  };
}

function chosen<T extends string>(
  reader: EnvironmentReader,
  path: string,
  allowed: readonly T[],
  value: string | undefined,
): T | undefined {
  if (value === undefined) return undefined;
  const match = allowed.find((one) => one === value);
  if (match !== undefined) return match;
  if (value === 'grpc') refuseGrpc(reader, path);
  else
    reader.complain(path, 'the value is not supported', { found: JSON.stringify(value), allowed: allowed.join(', ') });
  return undefined;
}

/** The text is not repeated in the problem: a URL may carry a password. */
function checkedUrl(reader: EnvironmentReader, path: string, text: string): URL | undefined {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  reader.complain(path, `${path} is not an http:// or https:// URL`, { hint: 'For example http://localhost:4318.' });
  return undefined;
}

function withSignalPath(url: URL, mayBeThere: boolean): URL {
  const base = url.pathname.replace(/\/+$/, '');
  const full = new URL(url);
  full.pathname = mayBeThere && base.endsWith(signalPath) ? base : base + signalPath;
  return full;
}

function checkHeaders(reader: EnvironmentReader, path: string, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      // The error's own text would show the value.
      reader.complain(path, `${path} has a header whose name or value cannot be sent: ${JSON.stringify(name)}`);
    }
  }
}
