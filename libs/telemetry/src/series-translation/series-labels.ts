import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { formatFloat } from './format-float.js';
import { labelName } from './prometheus-name.js';

/**
 * The labels of a point: its attributes under their Prometheus names, then `job` and `instance`, which win. Attributes whose
 * names become the same label are joined with ';' in the order of their names.
 */
export function labelsOf(attributes: Attributes, target: Readonly<Record<string, string>>): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const attribute of Object.keys(attributes).sort()) {
    const value = attributes[attribute];
    const name = labelName(attribute);
    if (name === '' || value === undefined || value === null) continue;
    const text = textOf(value);
    const before = Object.hasOwn(labels, name) ? labels[name] : undefined;
    labels[name] = before === undefined ? text : `${before};${text}`;
  }
  return Object.assign(labels, target);
}

/** `job` and `instance` of a resource; a part the resource lacks is left out. */
export function targetOf(resource: Attributes): Record<string, string> {
  const name = resource['service.name'];
  const namespace = resource['service.namespace'];
  const instance = resource['service.instance.id'];
  const target: Record<string, string> = {};
  if (name !== undefined)
    target['job'] = namespace === undefined ? textOf(name) : `${textOf(namespace)}/${textOf(name)}`;
  if (instance !== undefined) target['instance'] = textOf(instance);
  return target;
}

/** The labels of those resource attributes that are wanted on every series. */
export function promotedOf(resource: Attributes, names: readonly string[]): Record<string, string> {
  return labelsOf(Object.fromEntries(names.map((name) => [name, resource[name]])), {});
}

/** What of a resource goes into `target_info`: everything that is not in `job` and `instance`. */
export function infoOf(resource: Attributes): Attributes {
  const rest = { ...resource };
  for (const name of ['service.name', 'service.namespace', 'service.instance.id']) delete rest[name];
  return rest;
}

function textOf(value: AttributeValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatFloat(value);
  return typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}
