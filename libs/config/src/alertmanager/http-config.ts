import type { Entry } from './entry.js';

/** Prometheus' HTTP client options (common/config/http_config.go). */
const fields =
  'basic_auth authorization oauth2 bearer_token bearer_token_file tls_config follow_redirects enable_http2 http_headers proxy_url no_proxy proxy_from_environment proxy_connect_header'.split(
    ' ',
  );

/** The credentials of an `http_config` as the headers that carry them; the receiver's own, or the one under `global`. */
export async function headersOf(entry: Entry, global: Entry): Promise<Record<string, string>> {
  const http = entry.entry('http_config') ?? global.entry('http_config');
  if (http === undefined) return {};
  const authorization = await authorizationOf(http);
  const headers: Record<string, string> = authorization === undefined ? {} : { Authorization: authorization };
  const own = http.entry('http_headers');
  for (const name of own?.keys() ?? []) {
    const value = own?.entry(name);
    headers[name] = [...(value?.list('values') ?? []), ...(value?.list('secrets') ?? [])].join(', ');
  }
  // Neither changes what is sent: a redirect is never followed, and the version of HTTP is agreed on.
  http.flag('follow_redirects');
  http.flag('enable_http2');
  http.finish(fields);
  return headers;
}

async function authorizationOf(http: Entry): Promise<string | undefined> {
  const bearer = await http.secret('bearer_token');
  if (bearer !== undefined) return `Bearer ${bearer}`;
  const authorization = http.entry('authorization');
  const credentials = await authorization?.secret('credentials');
  if (credentials !== undefined) return `${authorization?.text('type') ?? 'Bearer'} ${credentials}`;
  const basic = http.entry('basic_auth');
  if (basic === undefined) return undefined;
  const user = (await basic.secret('username')) ?? '';
  const password = (await basic.secret('password')) ?? '';
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
