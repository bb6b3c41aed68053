import { isIP } from 'node:net';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { ComposedMail } from './compose-mail.js';
import type { EmailConfig } from './config.js';
import { UnencryptedPasswordError } from './unencrypted-password-error.js';

/** What the server did not take, recipient by recipient; empty when it took all. */
export type Refusals = readonly { readonly recipient: string; readonly response: string }[];

const implicitTlsPort = 465;
const patienceMs = 30_000;

/**
 * One conversation with the mail server. Rejects with nodemailer's errors, which bear `code`, `response` and `responseCode`, when the
 * mail was not taken for anybody; the connection is closed in every case, and at once when `signal` is aborted.
 */
export async function deliver(config: EmailConfig, mail: ComposedMail, signal: AbortSignal): Promise<Refusals> {
  signal.throwIfAborted();
  const connection = new SMTPConnection(connectionOptions(config));
  try {
    return await new Promise<Refusals>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      connection.on('error', reject);
      connection.on('end', () => reject(new Error('the server closed the connection')));
      converse(connection, config, mail).then(resolve, reject);
    });
  } finally {
    // Its own socket may still speak up; nobody listens any more.
    connection.removeAllListeners();
    connection.on('error', () => undefined);
    connection.close();
  }
}

function connectionOptions({
  smarthost,
  hello,
  require_tls,
  tls_config,
}: EmailConfig): ConstructorParameters<typeof SMTPConnection>[0] {
  const secure = smarthost.port === implicitTlsPort;
  return {
    host: smarthost.host,
    port: smarthost.port,
    secure,
    requireTLS: require_tls && !secure,
    name: hello,
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    dnsTimeout: patienceMs,
    socketCloseTimeout: 0,
    allowInternalNetworkInterfaces: true,
    tls: {
      rejectUnauthorized: !tls_config.insecure_skip_verify,
      ...(tls_config.ca === undefined ? {} : { ca: tls_config.ca }),
      ...serverName(tls_config.server_name ?? smarthost.host),
    },
  };
}

/** An address is no name that TLS could ask for. */
function serverName(name: string): { servername?: string } {
  return isIP(name) === 0 ? { servername: name } : {};
}

async function converse(connection: SMTPConnection, config: EmailConfig, mail: ComposedMail): Promise<Refusals> {
  await called((done) => connection.connect(done));
  const { auth_username: user, auth_password: password } = config;
  if (user !== undefined && password !== undefined) {
    if (!connection.secure && !isLoopback(config.smarthost.host))
      throw new UnencryptedPasswordError('the server offers no TLS, and the password would be readable on the way');
    await called((done) =>
      connection.login({ credentials: { user, pass: password.reveal().replace(/\r?\n$/, '') } }, done),
    );
  }
  const envelope = { from: mail.envelope.from, to: [...mail.envelope.to] };
  const info = await called<{ rejectedErrors?: readonly RefusedRecipient[] | undefined }>((done) =>
    connection.send(envelope, mail.content, done),
  );
  connection.quit();
  return (info.rejectedErrors ?? []).map(({ recipient = '?', response = '?' }) => ({ recipient, response }));
}

interface RefusedRecipient {
  readonly recipient?: string | undefined;
  readonly response?: string | undefined;
}

/** Node's way of calling back, as a promise. */
function called<T = unknown>(call: (done: (fault?: Error | null, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) =>
    call((fault, value) => (fault == null ? resolve(value as T) : reject(fault))),
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}
