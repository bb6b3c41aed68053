import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The root of the checkout, found upwards, as this file runs from its source and from its build. */
export const repository = above(import.meta.dirname);

export function inRepository(...path: readonly string[]): string {
  return join(repository, ...path);
}

function above(folder: string): string {
  return existsSync(join(folder, 'nx.json')) ? folder : above(dirname(folder));
}
