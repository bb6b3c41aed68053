/** Keys and list positions from the root of the tree. */
export type TreePath = readonly (string | number)[];

const plainKey = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** `exchanges[0].symbols`; a key that would be ambiguous is quoted: `headers["x.y"]`. */
export function formatPath(path: TreePath): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (plainKey.test(key)) text += text === '' ? key : `.${key}`;
    else text += `[${JSON.stringify(key)}]`;
  }
  return text;
}

const pathPart = /\[(?<index>\d+)\]|\[(?<quoted>"(?:[^"\\]|\\.)*")\]|\.?(?<plain>[A-Za-z_][A-Za-z0-9_-]*)/g;

/** The path of a text that `formatPath` made. */
export function parsePath(text: string): TreePath {
  return Array.from(text.matchAll(pathPart), ({ groups = {} }) => {
    const { index, quoted, plain } = groups;
    if (index !== undefined) return Number(index);
    return quoted === undefined ? (plain ?? '') : (JSON.parse(quoted) as string);
  });
}

/** What stands at a path of a plain tree; undefined when nothing does. */
export function valueAt(tree: unknown, path: TreePath): unknown {
  let value = tree;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}
