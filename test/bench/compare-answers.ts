type Point = readonly [time: number, value: string];

/** The data of an answer of the HTTP API. */
export interface ApiData {
  readonly resultType: string;
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly value?: Point;
    readonly values?: readonly Point[];
  }[];
}

const tolerance = 1e-9;

/** Why two answers are not the same: other series, other times, or values further apart than 1e-9 of themselves; undefined when they are. */
export function differenceOf(a: ApiData, b: ApiData): string | undefined {
  const [left, right] = [bySeries(a), bySeries(b)];
  if (left.size !== right.size) return `${left.size} series and ${right.size}`;
  for (const [key, points] of left) {
    const others = right.get(key);
    if (others === undefined) return `only one has ${key}`;
    if (points.length !== others.length) return `${points.length} points and ${others.length} of ${key}`;
    const i = points.findIndex((point, at) => !isSame(point, others[at] as Point));
    if (i >= 0) return `${points[i]?.join(' ')} and ${others[i]?.join(' ')} of ${key}`;
  }
  return undefined;
}

function bySeries({ result }: ApiData): ReadonlyMap<string, readonly Point[]> {
  return new Map(
    result.map(({ metric, value, values }) => [
      JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1))),
      values ?? (value === undefined ? [] : [value]),
    ]),
  );
}

function isSame([timeA, textA]: Point, [timeB, textB]: Point): boolean {
  if (timeA !== timeB) return false;
  const [a, b] = [Number(textA), Number(textB)];
  return textA === textB || Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}
