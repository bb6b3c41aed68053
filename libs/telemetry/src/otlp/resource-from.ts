import { ConfigError } from '@tapewatch/model';
import type { ResourceOptions } from '../telemetry.js';
import { EnvironmentReader } from './environment-reader.js';
import type { Environment } from './environment-reader.js';

/**
 * The resource with what OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME say laid over it; the service name's own variable
 * wins over the attribute. Throws a ConfigError that names the variable.
 */
export function resourceFrom(env: Environment, base: ResourceOptions): ResourceOptions {
  const reader = new EnvironmentReader(env);
  const pairs = reader.pairs('OTEL_RESOURCE_ATTRIBUTES');
  const name = reader.first('OTEL_SERVICE_NAME')?.value;
  if (reader.problems.length > 0) throw new ConfigError(reader.problems);
  const {
    'service.name': pairName,
    'service.version': version,
    'service.instance.id': instanceId,
    ...attributes
  } = pairs;
  return {
    serviceName: name ?? pairName ?? base.serviceName,
    serviceVersion: version ?? base.serviceVersion,
    serviceInstanceId: instanceId ?? base.serviceInstanceId,
    attributes: { ...base.attributes, ...attributes },
  };
}
