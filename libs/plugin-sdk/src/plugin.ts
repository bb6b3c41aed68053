import type { ChannelDefinition } from './channel.js';
import type { CheckDefinition } from './check.js';
import type { RuleDefinition } from './rule.js';

/** The protocol between host and plugin; grows only when a plugin would have to change. @public */
export const sdkProtocol = 1;

/** One thing that a plugin brings. @public */
export type Provision = CheckDefinition | ChannelDefinition | RuleDefinition;

/** Inert data and functions: nothing runs when it is imported. @public */
export interface Plugin {
  /** Lower case, digits and dashes; unique in one program. */
  readonly name: string;
  /** Semantic version of the plugin itself. */
  readonly version: string;
  readonly sdk: typeof sdkProtocol;
  readonly provides: readonly Provision[];
}

/**
 * Declares a plugin; its module exports the result as default.
 * @example
 * export default definePlugin({ name: 'desk', version: '1.0.0', sdk: 1, provides: [queueDepth, pager] });
 * @public
 */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}
