import { parseDuration } from '@tapewatch/model';
import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.js';
import { exitCodes } from '../exit-codes.js';
import type { Messages } from '../messages/messages.js';
import { findRunningServer } from '../running-server/find-running-server.js';
import { acceptedAnswer } from '../running-server/running-server.js';
import { addServerOptions } from '../running-server/server-arguments.js';
import type { ServerArguments } from '../running-server/server-arguments.js';
import { createStyle } from '../style.js';
import { cutToWidth } from '../cut-to-width.js';
import { printable } from '../printable.js';
import { tableLines } from '../table.js';
import { tellFailure } from '../tell-failure.js';
import type { Terminal } from '../terminal.js';
import { UsageError } from '../usage-error.js';
import { openDesk } from './open-desk.js';
import type { DeskSurroundings } from './open-desk.js';
import type { AuditRow, TokenDesk, TokenRole, TokenRow } from './token-desk.js';
import { tokenRoles } from './token-desk.js';

export interface AccessCommandsOptions extends DeskSurroundings {
  readonly terminal: Terminal;
  readonly messages: Messages;
  readonly setCode: (code: ExitCode) => void;
}

type Arguments = ServerArguments & { readonly json?: boolean };

const shownEntries = 50;

/** `token create|list|revoke`, `sign-in`, `audit` and `audit verify`. */
export function addAccessCommands(program: Command, options: AccessCommandsOptions): void {
  const { messages } = options;
  const text = messages.access.help;
  const described = (parent: Command, name: string, description: string): Command =>
    addServerOptions(
      parent.command(name).description(description).helpOption('-h, --help', messages.help.help),
      messages,
    );
  const act = (work: () => Promise<ExitCode>): Promise<void> => obey(work, options);

  const token = program.command('token').description(text.token).helpOption('-h, --help', messages.help.help);
  token.helpCommand('help [command]', messages.help.helpCommand);
  described(token, 'create', text.create)
    .requiredOption('--name <name>', text.name)
    .requiredOption('--role <role>', text.role)
    .option('--expires <duration>', text.expires)
    .option('--json', text.json)
    .action((args: Arguments & CreateArguments) => act(() => createToken(args, options)));
  described(token, 'list', text.list)
    .option('--all', text.all)
    .option('--json', text.json)
    .action((args: Arguments & { readonly all?: boolean }) => act(() => listTokens(args, options)));
  described(token, 'revoke', text.revoke)
    .argument('<name>', text.name)
    .option('--json', text.json)
    .action((name: string, args: Arguments) => act(() => revokeToken(name, args, options)));

  described(program, 'sign-in', text.signIn)
    .option('--role <role>', text.signInRole)
    .action((args: Arguments & { readonly role?: string }) => act(() => signIn(args, options)));

  const audit = described(program, 'audit', text.audit)
    .option('--since <time>', text.since)
    .option('--json', text.json)
    .action((args: Arguments & { readonly since?: string }) => act(() => showAudit(args, options)));
  described(audit, 'verify', text.verify)
    .option('--json', text.json)
    // Options that both have are taken by the one that stands first.
    .action((_args, command: Command) => act(() => verifyAudit(command.optsWithGlobals<Arguments>(), options)));
}

interface CreateArguments {
  readonly name: string;
  readonly role: string;
  readonly expires?: string;
}

async function obey(work: () => Promise<ExitCode>, { terminal, messages, setCode }: AccessCommandsOptions) {
  try {
    setCode(await work());
  } catch (error) {
    setCode(tellFailure(error, terminal, messages));
  }
}

async function atDesk<T>(
  args: ServerArguments,
  options: AccessCommandsOptions,
  makes: boolean,
  work: (desk: TokenDesk) => Promise<T>,
): Promise<T> {
  const desk = await openDesk(args, options, { makes });
  try {
    return await work(desk);
  } finally {
    await desk.close();
  }
}

async function createToken(args: Arguments & CreateArguments, options: AccessCommandsOptions): Promise<ExitCode> {
  const { terminal, messages } = options;
  const wanted = { name: args.name, role: roleOf(args.role, messages) };
  const expires = args.expires === undefined ? {} : { expiresInMs: durationOf('--expires', args.expires, messages) };
  const { token, secret } = await atDesk(args, options, true, (desk) => desk.create({ ...wanted, ...expires }));
  if (args.json === true) {
    terminal.out(JSON.stringify({ ...token, secret }));
    return exitCodes.done;
  }
  const made = messages.access.made(
    token.name,
    token.role,
    token.expiresAt === null ? undefined : minute(token.expiresAt),
  );
  if (!terminal.outIsRead) {
    terminal.error(made);
    terminal.out(secret);
    return exitCodes.done;
  }
  terminal.out(made);
  terminal.out(`\n  ${createStyle(terminal.colours.out).bold(secret)}\n`);
  terminal.out(messages.access.shownOnce);
  return exitCodes.done;
}

async function listTokens(
  args: Arguments & { readonly all?: boolean },
  options: AccessCommandsOptions,
): Promise<ExitCode> {
  const { terminal, messages } = options;
  const tokens = await atDesk(args, options, false, (desk) => desk.list(args.all === true));
  if (args.json === true) terminal.out(JSON.stringify(tokens));
  else if (tokens.length === 0) terminal.out(messages.access.noTokens);
  else {
    const rows = tokens.map((token) => tokenCells(token, options));
    for (const line of tableLines(messages.access.tokenTitles, rows, createStyle(terminal.colours.out)))
      terminal.out(line);
  }
  return exitCodes.done;
}

function tokenCells(token: TokenRow, { clock, messages }: AccessCommandsOptions): readonly string[] {
  const text = messages.access;
  const over = token.expiresAt !== null && Date.parse(token.expiresAt) <= clock.now();
  const state = token.revokedAt !== null ? text.revoked : over ? text.expired : text.valid;
  return [
    ...[token.name, token.role, state, token.expiresAt === null ? text.never : minute(token.expiresAt)],
    ...[token.lastUsedAt === null ? text.never : minute(token.lastUsedAt), minute(token.createdAt), token.createdBy],
  ];
}

async function revokeToken(name: string, args: Arguments, options: AccessCommandsOptions): Promise<ExitCode> {
  const { terminal, messages } = options;
  const token = await atDesk(args, options, false, (desk) => desk.revoke(name));
  terminal.out(args.json === true ? JSON.stringify(token) : messages.access.isRevoked(token.name));
  return exitCodes.done;
}

async function signIn(args: Arguments & { readonly role?: string }, options: AccessCommandsOptions): Promise<ExitCode> {
  const { terminal, messages } = options;
  const role = args.role === undefined ? undefined : roleOf(args.role, messages);
  const server = await findRunningServer(args, options);
  const { createSignInLink } = await server.graphql<{
    createSignInLink:
      { readonly url: string; readonly expiresAt: string } | { readonly code: string; readonly message: string };
  }>(
    'mutation ($role: Role) { createSignInLink(role: $role) { ... on SignInLink { url expiresAt } ... on Problem { code message } } }',
    role === undefined ? {} : { role: role.toUpperCase() },
  );
  const { url, expiresAt } = acceptedAnswer(createSignInLink);
  terminal.out(terminal.outIsRead ? createStyle(terminal.colours.out).link(url) : url);
  if (terminal.outIsRead) terminal.out(messages.access.linkWorks(minute(expiresAt)));
  return exitCodes.done;
}

async function showAudit(
  args: Arguments & { readonly since?: string },
  options: AccessCommandsOptions,
): Promise<ExitCode> {
  const { terminal, messages } = options;
  const since = args.since === undefined ? {} : { since: timeOf(args.since, options) };
  const rows = await atDesk(args, options, false, (desk) => desk.audit({ ...since, most: shownEntries }));
  if (args.json === true) terminal.out(JSON.stringify(rows));
  else if (rows.length === 0) terminal.out(messages.access.noEntries);
  else {
    const style = createStyle(terminal.colours.out);
    for (const line of tableLines(messages.access.auditTitles, rows.map(auditCells), style)) terminal.out(line);
  }
  return exitCodes.done;
}

const widestTarget = 60;

function auditCells({ seq, at, who, role, address, what, target, outcome, code }: AuditRow): readonly string[] {
  const when = at.replace('T', ' ').replace(/\.\d+Z$/, 'Z');
  return [
    String(seq),
    when,
    who,
    role ?? '-',
    address ?? '-',
    what,
    cutToWidth(printable(target ?? '-'), widestTarget),
    code === null ? outcome : `${outcome} ${code}`,
  ];
}

async function verifyAudit(args: Arguments, options: AccessCommandsOptions): Promise<ExitCode> {
  const { terminal, messages } = options;
  const verification = await atDesk(args, options, false, (desk) => desk.verifyAudit());
  const { intact, entries, fault } = verification;
  if (args.json === true) terminal.out(JSON.stringify(verification));
  else if (intact) terminal.out(messages.access.intact(entries));
  else terminal.error(createStyle(terminal.colours.error).alarm(messages.access.tampered(fault ?? '')));
  return intact ? exitCodes.done : exitCodes.failed;
}

function roleOf(text: string, messages: Messages): TokenRole {
  const role = tokenRoles.find((candidate) => candidate === text);
  if (role === undefined) throw new UsageError(messages.access.notRole(text, tokenRoles.join(', ')));
  return role;
}

function durationOf(option: string, text: string, messages: Messages): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0) throw new UsageError(messages.access.notDuration(option, text));
  return ms;
}

/** A time, or how long ago. */
function timeOf(text: string, { clock, messages }: AccessCommandsOptions): number {
  const ago = parseDuration(text);
  if (ago !== undefined) return clock.now() - ago;
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new UsageError(messages.access.notTime(text));
  return at;
}

/** `2026-01-31 09:30Z` */
function minute(at: string): string {
  return at.replace('T', ' ').replace(/:\d\d\.\d+Z$/, 'Z');
}
