import { ConfigError } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { findDataDir } from './find-data-dir.js';

function find(text: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  return findDataDir({ file: 'conf/tapewatch.yaml', env, baseDir: '/here', readFile: () => Promise.resolve(text) });
}

describe('findDataDir', () => {
  it('takes the environment, then the file, then ./data of the current folder', async () => {
    expect(await find('data_dir: ./kept', { TAPEWATCH_DATA_DIR: 'elsewhere' })).toBe('/here/elsewhere');
    expect(await find('data_dir: ./kept')).toBe('/here/conf/kept');
    expect(await find('log: { level: info }')).toBe('/here/data');
    expect(await find('data_dir: ${env:KEPT}', { KEPT: '/kept' })).toBe('/kept');
  });

  it('needs no secret and nothing sound besides', async () => {
    const text = 'data_dir: kept\nexchanges: [{ venue: "${env:NOT_SET}" }]\nnonsense: 1\n';
    expect(await find(text)).toBe('/here/conf/kept');
  });

  it('refuses what leaves the folder open', async () => {
    await expect(find('data_dir: ${env:NOT_SET}')).rejects.toMatchObject({ problems: [{ path: 'data_dir' }] });
    await expect(find('data_dir: [')).rejects.toBeInstanceOf(ConfigError);
  });
});
