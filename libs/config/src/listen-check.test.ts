import { testCertificates } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { isLoopback } from './listen-check.js';
import { loadConfig } from './load-config.js';

const { first, renewed } = testCertificates;
const files: Readonly<Record<string, string>> = {
  '/conf/c.pem': first.cert,
  '/conf/k.pem': first.key,
  '/conf/other.pem': renewed.key,
};

async function problems(text: string, env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const readFile = (path: string): Promise<string> =>
    files[path] === undefined ? Promise.reject(new Error('ENOENT')) : Promise.resolve(files[path]);
  try {
    await loadConfig({ file: '/conf/tapewatch.yaml', text, env, baseDir: '/', readFile });
    return [];
  } catch (error) {
    return (error as { problems: unknown }).problems;
  }
}

describe('server.listen', () => {
  it.each([
    '0.0.0.0:8080',
    '[::]:8080',
    '192.168.1.7:80',
    'watch.example.com:80',
    '128.0.0.1:1',
    '[::ffff:10.0.0.1]:1',
  ])('is refused at %s, which other machines reach in plain text', async (address) => {
    const insecure = { code: 'LISTEN_INSECURE', hint: expect.stringContaining('server.tls') as string };
    expect(await problems(`server: { listen: "${address}" }`)).toMatchObject([
      { ...insecure, line: 1, path: 'server.listen' },
    ]);
    expect(await problems('', { TAPEWATCH_LISTEN: address })).toMatchObject([
      { ...insecure, path: 'TAPEWATCH_LISTEN' },
    ]);
    for (const way of [
      'allow_plaintext: true',
      'trusted_proxies: [10.0.0.7]',
      'trusted_proxies: [10.0.0.0/8, "fd00::/8"]',
      'tls: { cert: c.pem, key: k.pem }',
    ]) {
      expect(await problems(`server: { listen: "${address}", ${way} }`)).toEqual([]);
      expect(await problems(`server: { ${way} }`, { TAPEWATCH_LISTEN: address })).toEqual([]);
    }
    expect(
      await problems(`server: { listen: "${address}", allow_plaintext: false, trusted_proxies: [] }`),
    ).toHaveLength(1);
  });

  it('is what it is on this machine, also when the file says otherwise', async () => {
    for (const address of ['127.0.0.1:1', '127.8.8.8:1', 'localhost:1', '[::1]:1'])
      expect(await problems(`server: { listen: "${address}" }`)).toEqual([]);
    expect(await problems('server: { listen: "0.0.0.0:80" }', { TAPEWATCH_LISTEN: '127.0.0.1:80' })).toEqual([]);
    expect(isLoopback('127.0.0.1.example.com')).toBe(false);
  });
});

describe('server.tls', () => {
  it('needs files that are there and belong together', async () => {
    expect(await problems('server: { tls: { cert: c.pem, key: gone.pem } }')).toMatchObject([
      { code: 'CONFIG_NOT_FOUND', path: 'server.tls.key', line: 1 },
    ]);
    for (const tls of ['cert: c.pem, key: other.pem', 'cert: k.pem, key: c.pem'])
      expect(await problems(`server: { tls: { ${tls} } }`)).toMatchObject([
        { code: 'CONFIG_INVALID_VALUE', path: 'server.tls.cert' },
      ]);
    expect(await problems('server: { tls: { cert: c.pem } }')).toMatchObject([{ code: 'CONFIG_MISSING' }]);
  });
});

describe('server.trusted_proxies', () => {
  it.each(['10.0.0.0/33', 'proxy', '10.0.0.0/8/8', 'fd00::/129', '10.0.0.0/'])('refuses %s', async (network) => {
    expect(await problems(`server: { trusted_proxies: ["${network}"] }`)).toMatchObject([
      { code: 'CONFIG_INVALID_VALUE', path: 'server.trusted_proxies[0]' },
    ]);
  });
});
