import { ConfigError, messageOf } from '@tapewatch/model';
import type { ConfigSource } from './load-config-options.js';

/** The text of a configuration file; `file` is its name as the user gave it. */
export async function readConfigText(
  file: string,
  path: string,
  source: Pick<ConfigSource, 'readFile'>,
): Promise<string> {
  try {
    return await source.readFile(path);
  } catch (error) {
    const message = `The configuration file cannot be read: ${messageOf(error)}.`;
    throw new ConfigError([
      { code: 'CONFIG_NOT_FOUND', message, file, hint: 'config/example.yaml shows what such a file can hold.' },
    ]);
  }
}
