import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError, messageOf } from '@tapewatch/model';

/** What a folder may hold, in this order: built output first. */
const entries = ['index.js', 'index.mjs', 'dist/index.js', 'src/index.ts', 'index.ts'];

/** Imports the default export of a plugin's folder or module file. Throws a ConfigError that names the path. */
export async function loadPlugin(path: string): Promise<unknown> {
  const file = await entryOf(path);
  if (file === undefined) {
    throw new ConfigError([
      {
        code: 'PLUGIN_NOT_FOUND',
        file: path,
        message: 'there is no plugin here',
        allowed: `a module file, or a folder with ${entries.join(', ')}`,
      },
    ]);
  }
  try {
    return ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
  } catch (thrown) {
    throw new ConfigError([
      { code: 'PLUGIN_NOT_FOUND', file, message: `the plugin cannot be imported: ${messageOf(thrown)}` },
    ]);
  }
}

async function entryOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (found.isFile()) return path;
  for (const entry of entries) {
    const file = join(path, entry);
    if ((await stat(file).catch(() => undefined))?.isFile() === true) return file;
  }
  return undefined;
}
