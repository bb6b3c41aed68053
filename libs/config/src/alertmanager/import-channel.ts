import type { MessageTemplateConfig } from '../tapewatch-config.js';
import type { Entry } from './entry.js';
import { headersOf } from './http-config.js';

/** What a channel plugin takes, made from Alertmanager's options for the same. */
export interface ImportedChannel {
  readonly config: Readonly<Record<string, unknown>>;
  readonly template?: MessageTemplateConfig;
  readonly timeoutMs?: number;
}

/** By type; kinds that are missing here have no channel of ours. */
export const channelImports: ReadonlyMap<string, (entry: Entry, global: Entry) => Promise<ImportedChannel>> = new Map([
  ['webhook', webhook],
  ['slack', slack],
  ['telegram', telegram],
  ['email', email],
]);

/** Without what is undefined. */
function defined(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function timeoutOf(entry: Entry): Pick<ImportedChannel, 'timeoutMs'> {
  const timeoutMs = entry.duration('timeout');
  return timeoutMs === undefined ? {} : { timeoutMs };
}

function templateOf(title: string | undefined, text: string | undefined): Pick<ImportedChannel, 'template'> {
  if (title === undefined && text === undefined) return {};
  return { template: { ...(title === undefined ? {} : { title }), ...(text === undefined ? {} : { text }) } };
}

async function webhook(entry: Entry, global: Entry): Promise<ImportedChannel> {
  const headers = await headersOf(entry, global);
  const config = { url: await entry.secret('url'), max_alerts: entry.number('max_alerts') };
  return {
    config: defined({ ...config, ...(Object.keys(headers).length === 0 ? {} : { headers }) }),
    ...timeoutOf(entry),
  };
}

async function slack(entry: Entry, global: Entry): Promise<ImportedChannel> {
  const own = { token: await entry.secret('app_token'), url: await entry.secret('api_url') };
  const shared = { token: await global.secret('slack_app_token'), url: await global.secret('slack_api_url') };
  const token = own.token ?? (own.url === undefined ? shared.token : undefined);
  const appUrl = entry.text('app_url') ?? global.text('slack_app_url');
  return {
    config: defined({
      ...(token === undefined ? { api_url: own.url ?? shared.url } : { app_token: token, app_url: appUrl }),
      channel: entry.text('channel'),
      username: plainText(entry, 'username'),
      icon_emoji: plainText(entry, 'icon_emoji'),
      icon_url: plainText(entry, 'icon_url'),
    }),
    ...templateOf(entry.text('title'), entry.text('text')),
    ...timeoutOf(entry),
  };
}

async function telegram(entry: Entry, global: Entry): Promise<ImportedChannel> {
  const mode = entry.text('parse_mode', true);
  return {
    config: defined({
      bot_token: (await entry.secret('bot_token')) ?? (await global.secret('telegram_bot_token')),
      chat_id: await entry.secret('chat_id'),
      message_thread_id: entry.number('message_thread_id'),
      disable_notifications: entry.flag('disable_notifications'),
      // Telegram's older Markdown cannot be escaped safely; the newer one looks the same.
      parse_mode: mode === 'Markdown' ? 'MarkdownV2' : mode,
      api_url: entry.text('api_url') ?? global.text('telegram_api_url'),
    }),
    ...templateOf(undefined, entry.text('message')),
  };
}

async function email(entry: Entry, global: Entry): Promise<ImportedChannel> {
  const shared = (key: string): string | undefined => entry.text(key) ?? global.text(`smtp_${key}`);
  const { Subject: subject, ...headers } = canonical(entry.texts('headers'));
  const html = entry.text('html', true);
  const text = entry.text('text');
  if (html !== undefined && html !== '')
    entry.leaveOut('html', 'A template for the formatted part has no effect: it is made from the text.');
  return {
    config: defined({
      to: entry.text('to'),
      from: shared('from'),
      smarthost: shared('smarthost'),
      hello: shared('hello'),
      auth_username: shared('auth_username'),
      auth_password: (await entry.secret('auth_password')) ?? (await global.secret('smtp_auth_password')),
      require_tls: entry.flag('require_tls') ?? global.flag('smtp_require_tls'),
      tls_config: await tlsOf(entry.entry('tls_config') ?? global.entry('smtp_tls_config')),
      headers: Object.keys(headers).length === 0 ? undefined : headers,
      html: html === '' ? false : undefined,
    }),
    ...templateOf(subject, text === '' ? undefined : text),
  };
}

async function tlsOf(entry: Entry | undefined): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (entry === undefined) return undefined;
  const config = defined({
    ca: await entry.secret('ca'),
    server_name: entry.text('server_name'),
    insecure_skip_verify: entry.flag('insecure_skip_verify'),
  });
  entry.finish(
    'ca ca_file ca_ref cert cert_file cert_ref key key_file key_ref server_name insecure_skip_verify min_version max_version'.split(
      ' ',
    ),
  );
  return config;
}

/** Header names as mail has them, such as Reply-To. */
function canonical(headers: Readonly<Record<string, string>>): Record<string, string> {
  const named = (name: string): string => name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [named(name), value]));
}

/** What may not hold a template here. */
function plainText(entry: Entry, key: string): string | undefined {
  const text = entry.text(key);
  if (text?.includes('{{') !== true) return text === '' ? undefined : text;
  entry.leaveOut(key, 'A template has no effect here.');
  return undefined;
}
