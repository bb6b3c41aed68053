import { formatDuration, parseDuration } from '@tapewatch/model';
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/** Milliseconds inside; Prometheus' form outside. */
export const DurationScalar = new GraphQLScalarType<number, string>({
  name: 'Duration',
  description: 'A length of time in Prometheus’ form: `30s`, `5m`, `1h30m`, `7d`.',
  serialize(value) {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError('Duration needs milliseconds');
    return formatDuration(value);
  },
  parseValue: readDuration,
  parseLiteral: (node) => readDuration(node.kind === Kind.STRING ? node.value : undefined),
});

function readDuration(value: unknown): number {
  const ms = typeof value === 'string' ? parseDuration(value) : undefined;
  if (ms === undefined)
    throw new GraphQLError('A Duration is a string in Prometheus’ form, as in "30s", "5m" or "1h30m"');
  return ms;
}
