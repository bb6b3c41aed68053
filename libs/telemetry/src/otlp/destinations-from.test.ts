import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '@tapewatch/model';
import type { Problem } from '@tapewatch/model';
import { shownEndpoint } from './destination-options.js';
import type { DestinationConfig } from './destination-options.js';
import { destinationsFrom } from './destinations-from.js';
import type { Environment } from './environment-reader.js';
import { resourceFrom } from './resource-from.js';

function problemsOf(act: () => unknown): readonly Problem[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('no ConfigError was thrown');
}

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

describe('destinationsFrom', () => {
  it('gives none when nothing is set', () => {
    expect(destinationsFrom({}, [])).toEqual([]);
    expect(destinationsFrom({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, [])).toEqual([]);
  });

  it('reads the general variables, JSON and gzip unless said otherwise', () => {
    expect(destinationsFrom({ ...endpoint, OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20b,x=1=2' }, [])).toEqual([
      {
        name: 'environment',
        url: 'http://collector:4318/v1/metrics',
        protocol: 'http/json',
        headers: { 'api-key': 'a b', x: '1=2' },
        compression: 'gzip',
        timeoutMs: 10_000,
        everyTicks: 1,
      },
    ]);
  });

  it('prefers the variables for metrics, whose endpoint is used as it is', () => {
    const env = {
      ...endpoint,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'https://metrics.example/in',
      OTEL_EXPORTER_OTLP_HEADERS: 'a=1,b=1',
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'b=2',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: 'none',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '700',
      OTEL_METRIC_EXPORT_INTERVAL: '15000',
    };
    expect(destinationsFrom(env, [])).toEqual([
      {
        name: 'environment',
        url: 'https://metrics.example/in',
        protocol: 'http/protobuf',
        headers: { a: '1', b: '2' },
        compression: 'none',
        timeoutMs: 700,
        everyTicks: 15,
      },
    ]);
  });

  it.each([
    ['http://h:4318/', 'http://h:4318/v1/metrics'],
    ['http://h/otlp', 'http://h/otlp/v1/metrics'],
    ['http://h/otlp/', 'http://h/otlp/v1/metrics'],
    ['http://h/otlp/v1/metrics', 'http://h/otlp/v1/metrics'],
    ['https://h/otlp?key=1', 'https://h/otlp/v1/metrics?key=1'],
  ])('completes the configured endpoint %s', (written, url) => {
    expect(destinationsFrom({}, [{ name: 'a', endpoint: written }])[0]?.url).toBe(url);
  });

  it('takes an export timeout below the destination’s own', () => {
    const [destination] = destinationsFrom({ ...endpoint, OTEL_METRIC_EXPORT_TIMEOUT: '500' }, []);
    expect(destination?.timeoutMs).toBe(500);
  });

  it('leaves the variables’ destination out with OTEL_METRICS_EXPORTER=none, and every one when the SDK is disabled', () => {
    const configured = [{ name: 'mine', endpoint: 'http://mine' }];
    expect(
      destinationsFrom({ ...endpoint, OTEL_METRICS_EXPORTER: 'none' }, configured).map(({ name }) => name),
    ).toEqual(['mine']);
    expect(destinationsFrom({ ...endpoint, OTEL_SDK_DISABLED: 'true' }, configured)).toEqual([]);
  });

  it('never gives the variables’ headers to configured destinations', () => {
    const env = { ...endpoint, OTEL_EXPORTER_OTLP_HEADERS: 'authorization=secret' };
    const destinations = destinationsFrom(env, [{ name: 'mine', endpoint: 'http://mine', headers: { a: '1' } }]);
    expect(destinations[1]?.headers).toEqual({ a: '1' });
  });

  it.each<[string, Environment]>([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }],
    ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'ftp://h' }],
    ['OTEL_EXPORTER_OTLP_HEADERS', { OTEL_EXPORTER_OTLP_HEADERS: 'no-equals-sign' }],
    ['OTEL_EXPORTER_OTLP_HEADERS', { OTEL_EXPORTER_OTLP_HEADERS: 'a=%zz' }],
    ['OTEL_EXPORTER_OTLP_HEADERS', { OTEL_EXPORTER_OTLP_HEADERS: 'bad name=1' }],
    ['OTEL_EXPORTER_OTLP_METRICS_HEADERS', { OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'a=1%0a2' }],
    ['OTEL_EXPORTER_OTLP_COMPRESSION', { OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd' }],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', { OTEL_EXPORTER_OTLP_TIMEOUT: '10s' }],
    ['OTEL_EXPORTER_OTLP_METRICS_TIMEOUT', { OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '0' }],
    ['OTEL_METRIC_EXPORT_INTERVAL', { OTEL_METRIC_EXPORT_INTERVAL: '-1' }],
    ['OTEL_METRICS_EXPORTER', { OTEL_METRICS_EXPORTER: 'prometheus' }],
    ['OTEL_SDK_DISABLED', { OTEL_SDK_DISABLED: 'maybe' }],
    ['OTEL_EXPORTER_OTLP_CERTIFICATE', { OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere/ca.pem' }],
    [
      'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
      { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta' },
    ],
  ])('names %s when its value is malformed', (name, env) => {
    expect(problemsOf(() => destinationsFrom({ ...env }, [])).map(({ path }) => path)).toEqual([name]);
  });

  it('refuses gRPC and names what is allowed', () => {
    const [problem] = problemsOf(() => destinationsFrom({ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, []));
    expect(problem).toMatchObject({
      path: 'OTEL_EXPORTER_OTLP_PROTOCOL',
      message: 'OTLP over gRPC is not supported',
      allowed: 'http/json, http/protobuf',
    });
  });

  it('tells all problems at once, the config’s included', () => {
    const configured: DestinationConfig[] = [
      { name: 'a', endpoint: 'nowhere', protocol: 'grpc', compression: 'br', timeoutMs: 0 },
      { name: 'b', endpoint: 'http://b' },
      { name: 'b', endpoint: 'http://b' },
    ];
    const paths = problemsOf(() => destinationsFrom({ OTEL_METRIC_EXPORT_TIMEOUT: 'x' }, configured)).map(
      ({ path }) => path,
    );
    expect(paths).toEqual([
      'OTEL_METRIC_EXPORT_TIMEOUT',
      'otlp.destinations[0].endpoint',
      'otlp.destinations[0].protocol',
      'otlp.destinations[0].compression',
      'otlp.destinations[0].timeout',
      'otlp.destinations[2].name',
    ]);
  });

  it('shows no header value in a problem, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), (noise) => {
        const secret = 's3cr3tvalue';
        const env = { OTEL_EXPORTER_OTLP_HEADERS: `authorization=${secret}${noise},${secret}${noise}` };
        try {
          destinationsFrom(env, []);
        } catch (error) {
          expect(String(error)).not.toContain(`=${secret}`);
          expect(String(error)).not.toContain(`${secret}${noise},`);
        }
      }),
    );
  });
});

describe('shownEndpoint', () => {
  it('leaves out user, password and query', () => {
    expect(shownEndpoint('https://user:pass@h:1/otlp?token=x')).toBe('https://h:1/otlp');
  });
});

describe('resourceFrom', () => {
  const base = {
    serviceName: 'tapewatch',
    serviceVersion: '1',
    serviceInstanceId: 'one',
    attributes: { 'host.name': 'h' },
  };

  it('lays the variables over the resource', () => {
    const env = {
      OTEL_RESOURCE_ATTRIBUTES:
        'deployment.environment.name=prod,host.name=other%2Cname,service.name=loser,service.instance.id=two',
      OTEL_SERVICE_NAME: 'desk',
    };
    expect(resourceFrom(env, base)).toEqual({
      serviceName: 'desk',
      serviceVersion: '1',
      serviceInstanceId: 'two',
      attributes: { 'host.name': 'other,name', 'deployment.environment.name': 'prod' },
    });
  });

  it('changes nothing when nothing is set, and names the variable when it is malformed', () => {
    expect(resourceFrom({}, base)).toEqual(base);
    const [problem] = problemsOf(() => resourceFrom({ OTEL_RESOURCE_ATTRIBUTES: 'nonsense' }, base));
    expect(problem?.path).toBe('OTEL_RESOURCE_ATTRIBUTES');
  });
});
