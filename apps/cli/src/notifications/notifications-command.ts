import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.js';
import { exitCodes } from '../exit-codes.js';
import type { Messages } from '../messages/messages.js';
import { printable } from '../printable.js';
import { acceptedAnswer, type RunningServer } from '../running-server/running-server.js';
import { addServerOptions, type ServerArguments } from '../running-server/server-arguments.js';
import { createStyle } from '../style.js';
import { tableLines } from '../table.js';
import { tellFailure } from '../tell-failure.js';
import type { Terminal } from '../terminal.js';
import { UsageError } from '../usage-error.js';

export interface NotificationsOptions {
  readonly terminal: Terminal;
  readonly messages: Messages;
  readonly setCode: (code: ExitCode) => void;
  readonly findServer: (args: ServerArguments) => Promise<Pick<RunningServer, 'graphql'>>;
}

interface ListArguments extends ServerArguments {
  readonly alert?: string;
  readonly last: string;
  readonly json?: boolean;
}

interface ReplayArguments extends ServerArguments {
  readonly channel?: string;
}

interface Entry {
  readonly id: string;
  readonly at: string;
  readonly channel: string;
  readonly alertIds: readonly string[];
  readonly outcome: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly text: string | null;
}

const listQuery = `query ($alert: ID, $first: Int) {
  notifications(alert: $alert, first: $first) {
    edges { node { id at channel alertIds outcome reason attempts latencyMs idempotencyKey text } }
  }
}`;

const replayOne = `mutation ($id: ID!) {
  replayNotification(id: $id) { ... on Notification { channel } ... on Problem { code message } }
}`;

const replayAll = `mutation ($channel: String!) {
  replayDeadLetters(channel: $channel) { ... on Replay { channel count } ... on Problem { code message } }
}`;

/** `notifications list` and `notifications replay`, asked of the running server. */
export function addNotificationsCommand(program: Command, options: NotificationsOptions): void {
  const { messages } = options;
  const { help } = messages;
  const notifications = program
    .command('notifications')
    .description(help.notifications)
    .helpOption('-h, --help', help.help);
  addServerOptions(notifications.command('list'), messages)
    .description(help.notificationsList)
    .helpOption('-h, --help', help.help)
    .option('--alert <id>', help.notificationsAlert)
    .option('--last <count>', help.notificationsLast, '50')
    .option('--json', help.queryJson)
    .action(async (args: ListArguments) => options.setCode(await told(options, () => list(args, options))));
  addServerOptions(notifications.command('replay'), messages)
    .description(help.notificationsReplay)
    .helpOption('-h, --help', help.help)
    .argument('[ids...]', help.notificationsIds)
    .option('--channel <name>', help.notificationsChannel)
    .action(async (ids: readonly string[], args: ReplayArguments) =>
      options.setCode(await told(options, () => replay(ids, args, options))),
    );
}

async function told({ terminal, messages }: NotificationsOptions, work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    return tellFailure(error, terminal, messages);
  }
}

async function list(args: ListArguments, { terminal, messages, findServer }: NotificationsOptions): Promise<ExitCode> {
  const first = Number(args.last);
  if (!Number.isInteger(first) || first < 1 || first > 200)
    throw new UsageError(messages.notifications.notCount(args.last));
  const server = await findServer(args);
  const variables = { first, ...(args.alert === undefined ? {} : { alert: args.alert }) };
  const answer = await server.graphql<{ notifications: { edges: readonly { readonly node: Entry }[] } }>(
    listQuery,
    variables,
  );
  const entries = answer.notifications.edges.map(({ node }) => node);
  if (args.json === true) {
    terminal.out(JSON.stringify(entries, undefined, 2));
    return exitCodes.done;
  }
  if (entries.length === 0) {
    terminal.out(messages.notifications.none);
    return exitCodes.done;
  }
  const rows = entries.map(({ id, at, channel, outcome, attempts, reason, text }) => [
    id,
    at,
    channel,
    outcome,
    String(attempts),
    reason ?? text?.split('\n')[0] ?? '',
  ]);
  const style = createStyle(terminal.colours.out);
  for (const line of tableLines(messages.notifications.titles, rows, style)) terminal.out(line);
  return exitCodes.done;
}

async function replay(
  ids: readonly string[],
  args: ReplayArguments,
  { terminal, messages, findServer }: NotificationsOptions,
): Promise<ExitCode> {
  const { channel } = args;
  if ((ids.length === 0) === (channel === undefined)) throw new UsageError(messages.notifications.which);
  const server = await findServer(args);
  if (channel !== undefined) {
    const { replayDeadLetters } = await server.graphql<{
      replayDeadLetters: { readonly count: number } | { readonly code: string; readonly message: string };
    }>(replayAll, { channel });
    terminal.out(messages.notifications.replayed(acceptedAnswer(replayDeadLetters).count, printable(channel)));
    return exitCodes.done;
  }
  for (const id of ids) {
    const { replayNotification } = await server.graphql<{
      replayNotification: { readonly channel: string } | { readonly code: string; readonly message: string };
    }>(replayOne, { id });
    terminal.out(messages.notifications.replayed(1, printable(acceptedAnswer(replayNotification).channel)));
  }
  return exitCodes.done;
}
