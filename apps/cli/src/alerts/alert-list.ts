import type { ExitCode } from '../exit-codes.js';
import { exitCodes } from '../exit-codes.js';
import type { AlertMessages } from './alert-messages.js';
import type { AlertCommandOptions } from './alert-command-options.js';
import type { ServerArguments } from '../running-server/server-arguments.js';
import { createStyle } from '../style.js';
import { tableLines } from '../table.js';
import { UsageError } from '../usage-error.js';

export interface ListArguments extends ServerArguments {
  readonly state?: string;
  readonly acknowledged?: boolean;
  readonly silenced?: boolean;
  readonly last: string;
  readonly json?: boolean;
}

interface Alert {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly startsAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly acknowledgement: { readonly by: string } | null;
  readonly silencedBy: readonly string[];
  readonly inhibitedBy: readonly string[];
}

const states = ['pending', 'firing', 'resolved', 'inactive'];
const listQuery = `query ($filter: AlertFilter, $first: Int) { alerts(filter: $filter, first: $first) {
  totalCount
  edges { node { id name state severity labels annotations valueText startsAt firedAt endsAt acknowledgement { by at note until } silencedBy inhibitedBy resolvedBy resolutionReason } }
} }`;

/** Alerts as a table, newest start first; without states those under way. */
export async function listAlerts(
  matchers: readonly string[],
  args: ListArguments,
  { terminal, messages, findServer }: AlertCommandOptions,
): Promise<ExitCode> {
  const text = messages.alerts;
  const first = Number(args.last);
  if (!Number.isInteger(first) || first < 1 || first > 200) throw new UsageError(text.notCount(args.last));
  const filter = {
    ...(matchers.length === 0 ? {} : { matchers }),
    ...(args.state === undefined ? {} : { states: args.state.split(',').map((state) => stateOf(state, text)) }),
    ...(args.acknowledged === true ? { acknowledged: true } : {}),
    ...(args.silenced === true ? { silenced: true } : {}),
  };
  const server = await findServer(args);
  const { alerts } = await server.graphql<{
    alerts: { readonly totalCount: number; readonly edges: readonly { readonly node: Alert }[] };
  }>(listQuery, { filter, first });
  const found = alerts.edges.map(({ node }) => node);
  if (args.json === true) terminal.out(JSON.stringify(found, undefined, 2));
  else if (found.length === 0) terminal.out(text.none);
  else {
    const rows = found.map((alert) => cells(alert, text));
    for (const line of tableLines(text.titles, rows, createStyle(terminal.colours.out))) terminal.out(line);
    if (alerts.totalCount > found.length) terminal.out(text.more(alerts.totalCount - found.length));
  }
  return exitCodes.done;
}

function cells(alert: Alert, text: AlertMessages): readonly string[] {
  const { alertname: _name, severity = '', ...labels } = alert.labels;
  const standing = [
    ...(alert.acknowledgement === null ? [] : [text.acknowledgedBy(alert.acknowledgement.by)]),
    ...(alert.silencedBy.length === 0 ? [] : [text.silenced]),
    ...(alert.inhibitedBy.length === 0 ? [] : [text.inhibited]),
  ];
  return [
    ...[alert.id, alert.state.toLowerCase(), severity, alert.startsAt, alert.name],
    ...[
      standing.join(', '),
      Object.entries(labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    ],
  ];
}

function stateOf(found: string, text: AlertMessages): string {
  const state = found.trim().toLowerCase();
  if (!states.includes(state)) throw new UsageError(text.notState(found, states.join(', ')));
  return state.toUpperCase();
}
