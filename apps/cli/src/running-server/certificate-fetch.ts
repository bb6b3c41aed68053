import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { Readable } from 'node:stream';
import type { Fetch } from './running-server.js';

/**
 * A fetch for the server of this machine, which shows exactly the certificate in `file`: whatever name that was made out to and whoever
 * signed it. Nothing is sent to anybody who shows another one. Bodies are text.
 */
export function certificateFetch(file: string): Fetch {
  return async (url, { method = 'GET', headers, body, signal }) => {
    const pem = await readFile(file, 'utf8');
    const expected = new X509Certificate(pem).fingerprint256;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = {
        method,
        headers: Object.fromEntries(new Headers(headers)),
        ca: pem,
        allowPartialTrustChain: true,
        checkServerIdentity: (_host: string, shown: { readonly fingerprint256: string }) =>
          shown.fingerprint256 === expected ? undefined : new Error(`another certificate than that in ${file}`),
        ...(signal == null ? {} : { signal }),
      };
      const sent = request(url, options, resolve).on('error', reject);
      sent.end(typeof body === 'string' ? body : undefined);
    });
    return responseOf(response);
  };
}

function responseOf(message: IncomingMessage): Response {
  const headers = Object.entries(message.headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one) =>
      one === undefined ? [] : [[name, one] as [string, string]],
    ),
  );
  const status = message.statusCode ?? 500;
  const empty = status === 204 || status === 304;
  if (empty) message.resume();
  return new Response(empty ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array>), { status, headers });
}
