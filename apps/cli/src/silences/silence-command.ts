import type { Command } from 'commander';
import type { Clock } from '@tapewatch/model';
import type { ExitCode } from '../exit-codes.js';
import { exitCodes } from '../exit-codes.js';
import type { Messages } from '../messages/messages.js';
import { acceptedAnswer, type RunningServer } from '../running-server/running-server.js';
import { addServerOptions, type ServerArguments } from '../running-server/server-arguments.js';
import { createStyle } from '../style.js';
import { tableLines } from '../table.js';
import { tellFailure } from '../tell-failure.js';
import type { Terminal } from '../terminal.js';
import { readSilences, type FiledSilence } from './silence-import.js';
import { silenceTimes, type TimeArguments } from './silence-times.js';

export interface SilenceCommandOptions {
  readonly terminal: Terminal;
  readonly messages: Messages;
  readonly setCode: (code: ExitCode) => void;
  readonly findServer: (args: ServerArguments) => Promise<Pick<RunningServer, 'graphql'>>;
  readonly clock: Pick<Clock, 'now'>;
  /** Where `import -` reads. */
  readonly input: NodeJS.ReadableStream;
}

interface AddArguments extends ServerArguments, TimeArguments {
  readonly comment: string;
  readonly author?: string;
  readonly preview?: boolean;
}

interface QueryArguments extends ServerArguments {
  readonly expired?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

interface Silence {
  readonly id: string;
  readonly matchers: readonly string[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
  readonly state: string;
}

type Refusal = { readonly code: string; readonly message: string };

const problem = '... on Problem { code message }';
const fields = `id matchers startsAt endsAt createdBy comment state
  recurring { times { start end } weekdays daysOfMonth months years location }`;
const createMutation = `mutation ($input: SilenceInput!) { silence: createSilence(input: $input) { ... on Silence { id } ${problem} } }`;
const updateMutation = `mutation ($id: ID!, $input: SilenceInput!) { silence: updateSilence(id: $id, input: $input) { ... on Silence { id } ${problem} } }`;
const expireMutation = `mutation ($id: ID!) { silence: expireSilence(id: $id) { ... on Silence { id } ${problem} } }`;
const listQuery = `query ($matchers: [String!]) { silences(matchers: $matchers) { ${fields} } }`;
const previewQuery = `query ($matchers: [String!]!) { preview: previewSilence(matchers: $matchers) {
  ... on SilencePreview { active { name labels } pastCount } ${problem} } }`;

/** `silence add`, `query`, `expire` and `import`, asked of the running server. */
export function addSilenceCommand(program: Command, options: SilenceCommandOptions): void {
  const { messages } = options;
  const text = messages.silence.help;
  const silence = program.command('silence').description(text.silence).helpOption('-h, --help', messages.help.help);
  const command = (name: string, description: string): Command =>
    addServerOptions(silence.command(name), messages)
      .description(description)
      .helpOption('-h, --help', messages.help.help);
  const act = async (work: () => Promise<ExitCode>): Promise<void> => options.setCode(await told(options, work));
  command('add', text.add)
    .argument('<matchers...>', text.matchers)
    .requiredOption('--comment <text>', text.comment)
    .option('--duration <duration>', text.duration)
    .option('--start <time>', text.start)
    .option('--end <time>', text.end)
    .option('--author <name>', text.author)
    .option('--times <ranges>', text.times)
    .option('--weekdays <ranges>', text.weekdays)
    .option('--zone <name>', text.zone)
    .option('--preview', text.preview)
    .action((matchers: readonly string[], args: AddArguments) => act(() => add(matchers, args, options)));
  command('query', text.query)
    .argument('[matchers...]', text.queryMatchers)
    .option('--expired', text.expired)
    .option('-q, --quiet', text.quiet)
    .option('--json', text.json)
    .action((matchers: readonly string[], args: QueryArguments) => act(() => query(matchers, args, options)));
  command('expire', text.expire)
    .argument('<ids...>', text.ids)
    .action((ids: readonly string[], args: ServerArguments) => act(() => expire(ids, args, options)));
  command('import', text.import)
    .argument('[file]', text.file, '-')
    .option('--force', text.force)
    .action((file: string, args: ServerArguments & { readonly force?: boolean }) =>
      act(() => importAll(file, args, options)),
    );
}

async function told({ terminal, messages }: SilenceCommandOptions, work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    return tellFailure(error, terminal, messages);
  }
}

async function add(
  matchers: readonly string[],
  args: AddArguments,
  { terminal, messages, findServer, clock }: SilenceCommandOptions,
): Promise<ExitCode> {
  const input = {
    ...{ matchers, comment: args.comment },
    ...silenceTimes(args, clock.now(), messages.silence),
    ...(args.author === undefined ? {} : { createdBy: args.author }),
  };
  const server = await findServer(args);
  if (args.preview !== true) {
    terminal.out(await write(server, createMutation, { input }));
    return exitCodes.done;
  }
  const { preview } = await server.graphql<{
    preview:
      | {
          readonly active: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[];
          readonly pastCount: number;
        }
      | Refusal;
  }>(previewQuery, { matchers });
  const { active, pastCount } = acceptedAnswer(preview);
  for (const { labels } of active) terminal.out(labelsText(labels));
  terminal.out(messages.silence.covers(active.length, pastCount));
  return exitCodes.done;
}

async function query(
  matchers: readonly string[],
  args: QueryArguments,
  { terminal, messages, findServer }: SilenceCommandOptions,
): Promise<ExitCode> {
  const server = await findServer(args);
  const { silences } = await server.graphql<{ silences: readonly Silence[] }>(
    listQuery,
    matchers.length === 0 ? {} : { matchers },
  );
  const shown = silences.filter(({ state }) => (state === 'EXPIRED') === (args.expired === true));
  if (args.json === true) terminal.out(JSON.stringify(shown, undefined, 2));
  else if (args.quiet === true) for (const { id } of shown) terminal.out(id);
  else if (shown.length === 0) terminal.out(messages.silence.none);
  else {
    const rows = shown.map(({ id, state, startsAt, endsAt, createdBy, matchers: of, comment }) => [
      ...[id, state.toLowerCase(), startsAt, endsAt, createdBy, of.join(' '), comment],
    ]);
    for (const line of tableLines(messages.silence.titles, rows, createStyle(terminal.colours.out))) terminal.out(line);
  }
  return exitCodes.done;
}

async function expire(
  ids: readonly string[],
  args: ServerArguments,
  { terminal, messages, findServer }: SilenceCommandOptions,
): Promise<ExitCode> {
  const server = await findServer(args);
  for (const id of ids) terminal.out(messages.silence.isExpired(await write(server, expireMutation, { id })));
  return exitCodes.done;
}

/** As amtool: what has an id changes that silence where it is known; with `--force` everything is made anew. */
async function importAll(
  file: string,
  args: ServerArguments & { readonly force?: boolean },
  { terminal, messages, findServer, clock, input }: SilenceCommandOptions,
): Promise<ExitCode> {
  const silences = await readSilences(file, input, messages.silence);
  const standing = silences.filter(({ endsAt }) => !(Date.parse(endsAt) <= clock.now()));
  const server = await findServer(args);
  let count = 0;
  for (const silence of standing) {
    try {
      terminal.out(await take(server, silence, args.force === true));
      count++;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      terminal.error(messages.silence.notImported(silence.id ?? silence.matchers.join(' '), why));
    }
  }
  terminal.error(messages.silence.imported(count, silences.length - standing.length));
  return count === standing.length ? exitCodes.done : exitCodes.failed;
}

async function take(server: Pick<RunningServer, 'graphql'>, silence: FiledSilence, force: boolean): Promise<string> {
  const { id, ...input } = silence;
  if (id === undefined || force) return write(server, createMutation, { input });
  const { silence: known } = await server.graphql<{ silence: unknown }>(
    'query ($id: ID!) { silence(id: $id) { id } }',
    {
      id,
    },
  );
  return known === null ? write(server, createMutation, { input }) : write(server, updateMutation, { id, input });
}

/** The id of the silence that came of it. */
async function write(
  server: Pick<RunningServer, 'graphql'>,
  mutation: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { silence } = await server.graphql<{ silence: { readonly id: string } | Refusal }>(mutation, variables);
  return acceptedAnswer(silence).id;
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(' ');
}
