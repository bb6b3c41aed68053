import { printable } from './printable.js';
import type { ExitCode } from './exit-codes.js';
import { exitCodes } from './exit-codes.js';
import type { Messages } from './messages/messages.js';
import { acceptedAnswer, type RunningServer } from './running-server/running-server.js';
import { createStyle } from './style.js';
import { tellFailure } from './tell-failure.js';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

export interface TestChannelOptions {
  readonly name: string;
  /** Only show what it would say. */
  readonly preview?: boolean;
  readonly terminal: Terminal;
  readonly messages: Messages;
  readonly findServer: () => Promise<Pick<RunningServer, 'graphql'>>;
}

interface ChannelTest {
  readonly outcome: string;
  readonly latencyMs: number | null;
  readonly reason: string | null;
}

const previewQuery = `query ($name: String!) {
  messagePreview(channel: $name) {
    ... on MessagePreview { title text }
    ... on Problem { code message }
  }
}`;

const testQuery = `mutation ($name: String!) {
  testChannel(name: $name) {
    ... on ChannelTest { outcome latencyMs reason }
    ... on Problem { code message }
  }
}`;

/** Has the running server send a test notification, and tells what became of it. */
export async function testChannel(options: TestChannelOptions): Promise<ExitCode> {
  const { name, terminal, messages, findServer } = options;
  try {
    const server = await findServer();
    if (options.preview === true) return await preview(server, name, terminal);
    const { outcome, latencyMs, reason } = await ask(server, name, messages);
    const ms = Math.round(latencyMs ?? 0);
    if (outcome === 'SENT') {
      terminal.out(createStyle(terminal.colours.out).good(messages.testChannel.sent(name, ms)));
      return exitCodes.done;
    }
    terminal.error(
      createStyle(terminal.colours.error).alarm(messages.testChannel.notSent(name, ms, printable(reason ?? outcome))),
    );
    return exitCodes.failed;
  } catch (error) {
    return tellFailure(error, terminal, messages);
  }
}

async function preview(server: Pick<RunningServer, 'graphql'>, name: string, terminal: Terminal): Promise<ExitCode> {
  const { messagePreview } = await server.graphql<{
    messagePreview:
      { readonly title: string; readonly text: string } | { readonly code: string; readonly message: string };
  }>(previewQuery, { name });
  const { title, text } = acceptedAnswer(messagePreview);
  for (const line of [title, ...text.split('\n')]) terminal.out(printable(line));
  return exitCodes.done;
}

async function ask(server: Pick<RunningServer, 'graphql'>, name: string, messages: Messages): Promise<ChannelTest> {
  const { testChannel: answer } = await server.graphql<{
    testChannel: ChannelTest | { readonly code: string; readonly message: string };
  }>(testQuery, { name });
  if (!('code' in answer) || answer.code !== 'NOT_FOUND') return acceptedAnswer<ChannelTest>(answer);
  const { channels } = await server.graphql<{ channels: readonly { readonly name: string }[] }>(
    '{ channels { name } }',
  );
  throw new UsageError(messages.testChannel.unknown(name, channels.map((channel) => channel.name).join(', ')));
}
