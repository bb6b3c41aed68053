/**
 * Joins as many blocks as fit into `limit`, in their order and each of them whole; what is left out is counted by `more`. `measure`
 * says how long a text is to the one who limits it; UTF-16 units when left out.
 * @public
 */
export function joinWithin(
  blocks: readonly string[],
  options: {
    readonly limit: number;
    readonly separator: string;
    readonly more: (count: number) => string;
    readonly measure?: (text: string) => number;
  },
): string {
  const { limit, separator, more, measure = (text: string) => text.length } = options;
  const all = blocks.join(separator);
  if (measure(all) <= limit) return all;
  let used = measure(more(blocks.length));
  const kept: string[] = [];
  for (const block of blocks) {
    used += measure(block) + measure(separator);
    if (used > limit) break;
    kept.push(block);
  }
  return [...kept, more(blocks.length - kept.length)].join(separator);
}
