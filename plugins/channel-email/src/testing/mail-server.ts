import { spawn } from 'node:child_process';
import { accessSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { selfSigned } from '@tapewatch/plugin-sdk/testing';
import { readMail, type Mail } from './read-mail.js';

const program = '/usr/sbin/exim4';
/** Exim lets only its own user, or root, start it as a server, and never delivers as root. */
const owner = { name: 'Debian-exim' };

/** Why no mail server can run here; undefined when one can. */
export function mailServerLack(): string | undefined {
  try {
    accessSync(program);
  } catch {
    return 'no Exim on this machine (Debian: apt-get install exim4-daemon-light)';
  }
  if (eximUser() === undefined) return `Exim is here, but not its user ${owner.name}`;
  const { uid, username } = userInfo();
  return uid === 0 || username === owner.name ? undefined : `Exim can only be started by root or ${owner.name}`;
}

function eximUser(): { readonly uid: number; readonly gid: number } | undefined {
  const [, uid, gid] =
    new RegExp(`^${owner.name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

/**
 * Exim on a free port of the loopback, with a config, a queue and a Maildir of its own. It takes mail for `test.invalid`, refuses
 * `refused@`, asks to come back for `later@`, and takes mail for elsewhere from who has logged in as `ops` with `s3cret`.
 */
export class MailServer {
  readonly port: number;
  readonly #folder: string;
  readonly #stopped: Promise<unknown>;
  readonly #kill: () => void;

  private constructor(port: number, folder: string, stopped: Promise<unknown>, kill: () => void) {
    this.port = port;
    this.#folder = folder;
    this.#stopped = stopped;
    this.#kill = kill;
  }

  static async start(options: { readonly tls: boolean }): Promise<MailServer> {
    const user = eximUser();
    if (user === undefined) throw new Error(mailServerLack());
    const folder = await mkdtemp(join(tmpdir(), 'tapewatch-exim-'));
    const port = await freePort();
    await writeFile(join(folder, 'exim.conf'), configFor(folder, port, options.tls));
    await writeFile(join(folder, 'cert.pem'), selfSigned.cert);
    await writeFile(join(folder, 'key.pem'), selfSigned.key);
    for (const name of ['spool', 'log', 'mail']) await mkdir(join(folder, name));
    for (const name of ['exim.conf', 'cert.pem', 'key.pem', 'spool', 'log', 'mail', '.'])
      if (userInfo().uid === 0) await chown(join(folder, name), user.uid, user.gid);
    await chmod(folder, 0o755);
    const child = spawn(program, ['-C', join(folder, 'exim.conf'), '-bdf'], {
      stdio: 'ignore',
      ...(userInfo().uid === 0 ? user : {}),
    });
    const stopped = new Promise((resolve) => child.once('close', resolve));
    const server = new MailServer(port, folder, stopped, () => child.kill());
    await greeted(port);
    return server;
  }

  /** The mails that have arrived under an idempotency key, once there are any. */
  async arrived(key: string): Promise<readonly Mail[]> {
    for (let tries = 0; tries < 200; tries++) {
      const mails = (await this.mails()).filter(({ headers }) => headers['x-idempotency-key'] === key);
      if (mails.length > 0) return mails;
      await sleep(50);
    }
    throw new Error(`no mail with the key ${key} within 10 s`);
  }

  async mails(): Promise<readonly Mail[]> {
    const inbox = join(this.#folder, 'mail', 'new');
    const names = await readdir(inbox).catch(() => []);
    return Promise.all(names.map(async (name) => readMail(await readFile(join(inbox, name), 'latin1'))));
  }

  async stop(): Promise<void> {
    this.#kill();
    await this.#stopped;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function greeted(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const there = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('data', () => resolve(true)).once('error', () => resolve(false));
      socket.once('data', () => socket.end('QUIT\r\n'));
    });
    if (there) return;
    await sleep(100);
  }
  throw new Error('Exim does not answer within 10 s');
}

function configFor(folder: string, port: number, tls: boolean): string {
  return `
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%slog
pid_file_path = ${folder}/exim.pid
primary_hostname = mail.test.invalid
domainlist local_domains = test.invalid
exim_user = ${owner.name}
exim_group = ${owner.name}
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
tls_advertise_hosts = ${tls ? '*' : ''}
tls_certificate = ${folder}/cert.pem
tls_privatekey = ${folder}/key.pem
acl_smtp_rcpt = rcpt
accept_8bitmime = true
smtputf8_advertise_hosts = *
host_lookup =
rfc1413_hosts =
timezone = UTC
keep_environment =
begin acl
rcpt:
  deny local_parts = refused
       message = no such person here
  defer local_parts = later
       message = come back later
  accept domains = +local_domains
  accept authenticated = *
  deny message = relay not permitted
begin routers
all:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = ${folder}/mail
  maildir_format
  envelope_to_add
  return_path_add
  user = ${owner.name}
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = \${if and{{eq{$auth2}{ops}}{eq{$auth3}{s3cret}}}}
  server_set_id = $auth2
  server_advertise_condition = \${if def:tls_in_cipher}
`;
}
