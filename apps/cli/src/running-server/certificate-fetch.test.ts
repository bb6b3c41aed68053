import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testCertificates } from '@tapewatch/model/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { certificateFetch } from './certificate-fetch.js';

describe('certificateFetch', () => {
  let folder: string;
  let server: Server;
  let url: string;
  let asked: number;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'certificate-fetch-'));
    writeFileSync(join(folder, 'first.pem'), testCertificates.first.cert);
    writeFileSync(join(folder, 'other.pem'), testCertificates.renewed.cert);
    asked = 0;
    server = createServer(testCertificates.first, (request, response) => {
      asked++;
      let text = '';
      request.on('data', (chunk) => (text += String(chunk)));
      request.on('end', () => response.end(`${request.method ?? ''} ${request.headers.authorization ?? ''} ${text}`));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // An address that the certificate was not made out to.
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  const init = { method: 'POST', headers: { authorization: 'Bearer x' }, body: 'body' };

  it('speaks with whoever shows the certificate in the file, whatever name it has', async () => {
    const answer = await certificateFetch(join(folder, 'first.pem'))(url, init);
    expect([answer.status, await answer.text()]).toEqual([200, 'POST Bearer x body']);
  });

  it('sends nothing to anybody else', async () => {
    await expect(certificateFetch(join(folder, 'other.pem'))(url, init)).rejects.toThrow();
    expect(asked).toBe(0);
  });
});
