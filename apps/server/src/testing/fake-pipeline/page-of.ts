import type { Page } from '@tapewatch/model';

/** `after` is the place of the last item that was seen. */
export function pageOf<T>(
  all: readonly T[],
  { first, after }: { readonly first: number; readonly after?: string },
): Page<T> {
  const from = after === undefined ? 0 : Number(after) + 1;
  const items = all.slice(from, from + first).map((node, i) => ({ cursor: String(from + i), node }));
  return { items, hasNextPage: from + first < all.length };
}
