import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

// Date.parse alone takes far more than RFC 3339, so the shape is checked first.
const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/i;

/** Milliseconds since the epoch inside; RFC 3339 in UTC with milliseconds outside. */
export const DateTimeScalar = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  description:
    'A point in time: RFC 3339 in UTC with milliseconds, as in `2026-01-31T09:30:00.000Z`. Any offset is read.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize(value) {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError('DateTime needs milliseconds');
    return new Date(value).toISOString();
  },
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : undefined),
});

function parseDateTime(value: unknown): number {
  const at = typeof value === 'string' && rfc3339.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw new GraphQLError('A DateTime is a string in RFC 3339 form, as in "2026-01-31T09:30:00Z"');
  return at;
}
