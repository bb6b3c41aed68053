import { beforeNumber, numberedPage, type Page, type PageRequest } from '@tapewatch/model';
import { valueOf } from '../result.js';

/** A page of a list that is in memory, highest id first; ids are the cursors. */
export function pageOfList<T extends { readonly id: number }>(all: readonly T[], request: PageRequest): Page<T> {
  const before = valueOf(beforeNumber(request));
  const left = all.filter(({ id }) => id < before);
  return numberedPage(left, request.first, (node) => ({ number: node.id, node }));
}
