const longestText = 500;
const deepest = 6;
const mostBytes = 4_096;
const secretName = /secret|token|password|authorization|credential/i;

/** Arguments, and what they were about before and after; without secrets, and bounded, whatever was sent. */
export function auditDetail(
  args: Readonly<Record<string, unknown>>,
  before: unknown,
  after: unknown,
): Readonly<Record<string, unknown>> {
  const detail = redacted({
    ...args,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  }) as Readonly<Record<string, unknown>>;
  const size = Buffer.byteLength(JSON.stringify(detail));
  return size <= mostBytes ? detail : { leftOutBytes: size };
}

/** What an operation is about, by the names under which the schema has it. */
export function targetOf(args: Readonly<Record<string, unknown>>): string | undefined {
  const value = ['id', 'name', 'component', 'channel', 'kind']
    .map((key) => args[key])
    .find((text) => typeof text === 'string');
  return typeof value === 'string' ? shortened(value) : undefined;
}

function redacted(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return shortened(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === deepest) return '…';
  if (Array.isArray(value)) return value.map((inner) => redacted(inner, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      secretName.test(key) ? '[redacted]' : redacted(inner, depth + 1),
    ]),
  );
}

function shortened(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText)}…`;
}
