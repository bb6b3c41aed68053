import type { Page, PageRequest } from '@tapewatch/model';
import { refuseInput } from '../result.js';

/** A page of a list that is in memory, highest id first; ids are the cursors. */
export function pageOfList<T extends { readonly id: number }>(
  all: readonly T[],
  { first, after }: PageRequest,
): Page<T> {
  if (after !== undefined && !/^\d{1,15}$/.test(after)) refuseInput('after', 'after is no cursor of this list');
  const left = after === undefined ? all : all.filter(({ id }) => id < Number(after));
  const items = left.slice(0, first).map((node) => ({ cursor: String(node.id), node }));
  return { items, hasNextPage: left.length > items.length };
}
