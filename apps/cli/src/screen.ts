import { displayWidth, padToWidth } from './display-width.js';
import type { Messages } from './messages/messages.js';
import type { Style } from './style.js';

/** What the screen after the start tells. */
export interface ScreenView {
  readonly version: string;
  readonly exchanges: readonly { readonly id: string; readonly symbols: number }[];
  readonly host: boolean;
  readonly checks: readonly string[];
  readonly rules: number;
  readonly receivers: readonly string[];
  readonly url: string;
  /** Absent when the administrator's token came from the environment. */
  readonly signInLink?: string;
  readonly dataDir: string;
  /** Endpoints without credentials; empty when nothing is shipped. */
  readonly destinations: readonly string[];
  readonly demo: boolean;
  /** What was lost before this start. */
  readonly loss?: string;
}

const listed = 6;

/** At most twenty lines. */
export function screenLines(view: ScreenView, messages: Messages, style: Style): readonly string[] {
  const text = messages.screen;
  const rows: readonly (readonly [string, string])[] = [
    ...watched(view, messages).map((line, i) => [i === 0 ? text.watching : '', line] as const),
    [text.open, style.link(view.url)],
    [text.signIn, signIn(view, messages, style)],
    [text.data, view.dataDir],
    [text.otlp, view.destinations.length === 0 ? text.otlpUnset : shortened(view.destinations, messages)],
    [text.stop, text.stopHow],
  ];
  const width = Math.max(...rows.map(([label]) => displayWidth(label)));
  return [
    '',
    style.bold(text.title(view.version)),
    '',
    ...(view.loss === undefined ? [] : [style.alarm(`${text.loss} ${view.loss}`), '']),
    ...rows.map(([label, line]) => `  ${style.dim(padToWidth(label, width))}  ${line}`),
    ...(view.demo ? ['', `  ${text.demo}`] : []),
    '',
  ];
}

function watched(view: ScreenView, messages: Messages): readonly string[] {
  const text = messages.screen;
  const exchanges = view.exchanges.map((exchange) => text.symbols(exchange.id, exchange.symbols));
  return [
    exchanges.length === 0 ? text.nothing : shortened(exchanges, messages),
    ...(view.host ? [text.host] : []),
    ...(view.checks.length === 0 ? [] : [text.checks(shortened(view.checks, messages))]),
    text.rules(view.rules, shortened(view.receivers, messages)),
  ];
}

function signIn(view: ScreenView, messages: Messages, style: Style): string {
  if (view.signInLink === undefined) return messages.screen.tokenFromEnvironment;
  return `${style.link(view.signInLink)}  ${style.dim(messages.screen.once)}`;
}

function shortened(names: readonly string[], messages: Messages): string {
  const shown = names.slice(0, listed).join(', ');
  return names.length <= listed ? shown : `${shown}, ${messages.screen.more(names.length - listed)}`;
}
