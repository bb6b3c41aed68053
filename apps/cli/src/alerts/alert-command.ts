import { parseDuration } from '@tapewatch/model';
import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.js';
import { exitCodes } from '../exit-codes.js';
import { printable } from '../printable.js';
import { pointInTime } from '../report/point-in-time.js';
import { acceptedAnswer } from '../running-server/running-server.js';
import { addServerOptions, type ServerArguments } from '../running-server/server-arguments.js';
import { tellFailure } from '../tell-failure.js';
import { UsageError } from '../usage-error.js';
import type { AlertCommandOptions } from './alert-command-options.js';
import { listAlerts, type ListArguments } from './alert-list.js';

interface AckArguments extends ServerArguments {
  readonly note?: string;
  readonly until?: string;
}

interface RaiseArguments extends ServerArguments {
  readonly name: string;
  readonly severity: string;
  readonly title: string;
  readonly message?: string;
  readonly label: readonly string[];
  readonly endsIn?: string;
}

interface Done {
  readonly id: string;
  readonly name: string;
}

type Refusal = { readonly code: string; readonly message: string };

const severities = ['info', 'warning', 'critical'];
const result = '{ ... on Alert { id name } ... on Problem { code message } }';
const ackMutation = `mutation ($id: ID!, $note: String, $until: DateTime) { alert: acknowledgeAlert(id: $id, note: $note, until: $until) ${result} }`;
const unackMutation = `mutation ($id: ID!) { alert: unacknowledgeAlert(id: $id) ${result} }`;
const resolveMutation = `mutation ($id: ID!, $reason: String) { alert: resolveAlert(id: $id, reason: $reason) ${result} }`;
const raiseMutation = `mutation ($input: RaiseAlertInput!) { alert: raiseAlert(input: $input) ${result} }`;

/** `alert list`, `ack`, `unack`, `resolve` and `raise`, asked of the running server. */
export function addAlertCommand(program: Command, options: AlertCommandOptions): void {
  const { messages } = options;
  const text = messages.alerts.help;
  const alert = program.command('alert').description(text.alert).helpOption('-h, --help', messages.help.help);
  const command = (name: string, description: string): Command =>
    addServerOptions(alert.command(name), messages)
      .description(description)
      .helpOption('-h, --help', messages.help.help);
  const act = async (work: () => Promise<ExitCode>): Promise<void> => options.setCode(await told(options, work));
  command('list', text.list)
    .argument('[matchers...]', text.matchers)
    .option('--state <states>', text.state)
    .option('--acknowledged', text.acknowledged)
    .option('--silenced', text.silenced)
    .option('--last <count>', text.last, '50')
    .option('--json', text.json)
    .action((matchers: readonly string[], args: ListArguments) => act(() => listAlerts(matchers, args, options)));
  command('ack', text.ack)
    .argument('<id>', text.id)
    .option('--note <text>', text.note)
    .option('--until <time>', text.until)
    .action((id: string, args: AckArguments) => act(() => acknowledge(id, args, options)));
  command('unack', text.unack)
    .argument('<id>', text.id)
    .action((id: string, args: ServerArguments) =>
      act(() => carryOut(args, options, unackMutation, { id }, messages.alerts.isUnacknowledged)),
    );
  command('resolve', text.resolve)
    .argument('<id>', text.id)
    .option('--reason <text>', text.reason)
    .action((id: string, { reason, ...args }: ServerArguments & { readonly reason?: string }) =>
      act(() => carryOut(args, options, resolveMutation, { id, reason }, messages.alerts.isResolved)),
    );
  command('raise', text.raise)
    .requiredOption('--name <name>', text.name)
    .requiredOption('--severity <severity>', text.severity)
    .requiredOption('--title <text>', text.title)
    .option('--message <text>', text.message)
    .option('--label <name=value>', text.label, (one, before: readonly string[]) => [...before, one], [])
    .option('--ends-in <duration>', text.endsIn)
    .action((args: RaiseArguments) => act(() => raise(args, options)));
}

async function told({ terminal, messages }: AlertCommandOptions, work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    return tellFailure(error, terminal, messages);
  }
}

async function acknowledge(id: string, args: AckArguments, options: AlertCommandOptions): Promise<ExitCode> {
  const { messages, clock } = options;
  const { note, until } = args;
  const ms = until === undefined ? undefined : parseDuration(until);
  const at = ms === undefined ? pointInTime('--until', until) : new Date(clock.now() + ms).toISOString();
  return carryOut(args, options, ackMutation, { id, note, until: at }, (name) =>
    messages.alerts.isAcknowledged(name, at),
  );
}

/** Prints the id alone, for scripts. */
async function raise(args: RaiseArguments, options: AlertCommandOptions): Promise<ExitCode> {
  const { messages, clock, findServer, terminal } = options;
  const { name, severity, title, message, label, endsIn } = args;
  if (!severities.includes(severity))
    throw new UsageError(messages.alerts.notSeverity(severity, severities.join(', ')));
  const ms = endsIn === undefined ? undefined : parseDuration(endsIn);
  if (endsIn !== undefined && (ms === undefined || ms <= 0))
    throw new UsageError(messages.alerts.notDuration('--ends-in', endsIn));
  const input = {
    ...{ name, severity: severity.toUpperCase(), title, message },
    labels: Object.fromEntries(label.map((one) => labelIn(one, options))),
    endsAt: ms === undefined ? undefined : new Date(clock.now() + ms).toISOString(),
  };
  const server = await findServer(args);
  const { alert } = await server.graphql<{ alert: Done | Refusal }>(raiseMutation, { input });
  terminal.out(acceptedAnswer(alert).id);
  return exitCodes.done;
}

function labelIn(text: string, { messages }: AlertCommandOptions): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(messages.alerts.notLabel(text));
  return [text.slice(0, at), text.slice(at + 1)];
}

async function carryOut(
  args: ServerArguments,
  { terminal, findServer }: AlertCommandOptions,
  mutation: string,
  variables: Readonly<Record<string, unknown>>,
  say: (name: string) => string,
): Promise<ExitCode> {
  const server = await findServer(args);
  const { alert } = await server.graphql<{ alert: Done | Refusal }>(mutation, variables);
  terminal.out(say(printable(acceptedAnswer(alert).name)));
  return exitCodes.done;
}
