import { glob, open } from 'node:fs/promises';
import type { ConfigSource } from './load-config-options.js';

/** No configuration file, and no file that `${file:PATH}` names, may be larger. */
export const maxFileBytes = 1024 * 1024;

/** Reads from the disk; one byte more than the limit at most, so that a device or a huge file cannot fill the memory. */
export const diskSource: ConfigSource = {
  async readFile(path) {
    const handle = await open(path, 'r');
    try {
      const buffer = Buffer.alloc(maxFileBytes + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
        length += bytesRead;
        if (bytesRead === 0 || length === buffer.length) return buffer.toString('utf8', 0, length);
      }
    } finally {
      await handle.close();
    }
  },
  async glob(pattern) {
    const paths: string[] = [];
    for await (const path of glob(pattern)) paths.push(path);
    return paths.sort();
  },
};
