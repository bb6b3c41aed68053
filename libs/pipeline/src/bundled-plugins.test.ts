import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadConfig } from '@tapewatch/config';
import { testCertificates } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { bundledPlugins } from './bundled-plugins.js';

const folder = resolve(import.meta.dirname, '../../../config');
/** With every optional key taken in; see the head of the file. */
const everything = readFileSync(resolve(folder, 'example.yaml'), 'utf8').replace(/^(\s*)#(?=\S)/gm, '$1');
const channels = bundledPlugins.flatMap(({ provides }) => provides.filter((provision) => provision.kind === 'channel'));

async function shownFor(type: string): Promise<readonly unknown[]> {
  const config = await loadConfig({
    file: resolve(folder, 'example.yaml'),
    text: everything,
    env: {},
    baseDir: folder,
    // Of the files that the example names only those of server.tls are looked into.
    readFile: (file) => Promise.resolve(/key/.test(file) ? testCertificates.first.key : testCertificates.first.cert),
  });
  return config.receivers
    .flatMap((receiver) => receiver.channels)
    .flatMap((channel) => (channel.type === type ? [channel.config] : []));
}

describe('bundledPlugins', () => {
  it.each(channels.map((channel) => [channel.type, channel] as const))(
    'config/example.yaml shows every key of %s, with values that it takes',
    async (type, channel) => {
      const shown = await shownFor(type);
      expect(shown.length).toBeGreaterThan(0);
      for (const config of shown) expect((await channel.config['~standard'].validate(config)).issues).toBeUndefined();
      const { jsonSchema } = channel.config['~standard'] as unknown as {
        jsonSchema: { input(options: { target: string }): { properties: Record<string, { description?: string }> } };
      };
      const { properties } = jsonSchema.input({ target: 'draft-2020-12' });
      const keys = shown.flatMap((config) => Object.keys(config as object));
      expect(Object.keys(properties).filter((key) => !keys.includes(key))).toEqual([]);
      expect(Object.entries(properties).filter(([, { description }]) => (description ?? '') === '')).toEqual([]);
    },
  );
});
