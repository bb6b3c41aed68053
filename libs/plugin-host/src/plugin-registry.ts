import { ConfigError, type Problem } from '@tapewatch/model';
import {
  sdkProtocol,
  type ChannelDefinition,
  type CheckDefinition,
  type Plugin,
  type Provision,
  type RuleDefinition,
} from '@tapewatch/plugin-sdk';
import { jsonSchemaOf } from './schema.js';

export interface PluginView {
  readonly name: string;
  readonly version: string;
  /** `check:http`, `channel:webhook` ... */
  readonly kinds: readonly string[];
  readonly state: 'running' | 'refused';
  readonly isolation: 'inline';
  readonly restarts: number;
  readonly lastError?: string;
  /** JSON Schema by `kind:type`. */
  readonly configSchema: Readonly<Record<string, unknown>>;
}

type DefinitionOf = { check: CheckDefinition; channel: ChannelDefinition; rule: RuleDefinition };

export interface Provided<Definition> {
  readonly plugin: Plugin;
  readonly definition: Definition;
}

/** Every plugin of the program, the bundled ones and the user's alike, by what they provide. */
export class PluginRegistry {
  readonly #plugins: Plugin[] = [];
  readonly #provided = new Map<string, Provided<Provision>>();
  readonly #lastError = new Map<string, string>();

  /** Throws a ConfigError that says why the value is no plugin, or clashes with one that is there. */
  register(value: unknown, origin: string): Plugin {
    const problems = faultsOf(value).map((message): Problem => ({ code: 'PLUGIN_INVALID', file: origin, message }));
    if (problems.length > 0) throw new ConfigError(problems);
    const plugin = value as Plugin;
    const clashes = plugin.provides.filter((provision) => this.#provided.has(keyOf(provision.kind, provision.type)));
    if (clashes.length > 0 || this.#plugins.some(({ name }) => name === plugin.name)) {
      throw new ConfigError([conflict(plugin, origin, clashes, (clash) => this.#provided.get(clash)?.plugin.name)]);
    }
    this.#plugins.push(plugin);
    for (const definition of plugin.provides)
      this.#provided.set(keyOf(definition.kind, definition.type), { plugin, definition });
    return plugin;
  }

  find<Kind extends keyof DefinitionOf>(kind: Kind, type: string): Provided<DefinitionOf[Kind]> | undefined {
    return this.#provided.get(keyOf(kind, type)) as Provided<DefinitionOf[Kind]> | undefined;
  }

  /** The types of one kind, for messages. */
  types(kind: keyof DefinitionOf): readonly string[] {
    return [...this.#provided.values()]
      .flatMap(({ definition }) => (definition.kind === kind ? [definition.type] : []))
      .sort();
  }

  /** Remembered for whoever looks at the plugin. */
  noteError(plugin: string, message: string): void {
    this.#lastError.set(plugin, message);
  }

  views(): readonly PluginView[] {
    return this.#plugins.map((plugin) => {
      const lastError = this.#lastError.get(plugin.name);
      return {
        name: plugin.name,
        version: plugin.version,
        kinds: plugin.provides.map(({ kind, type }) => keyOf(kind, type)),
        state: 'running',
        isolation: 'inline',
        restarts: 0,
        configSchema: Object.fromEntries(
          plugin.provides.map((provision) => [keyOf(provision.kind, provision.type), schemaOf(provision)]),
        ),
        ...(lastError === undefined ? {} : { lastError }),
      };
    });
  }
}

function keyOf(kind: string, type: string): string {
  return `${kind}:${type}`;
}

function schemaOf(provision: Provision): unknown {
  return jsonSchemaOf(provision.kind === 'rule' ? provision.spec : provision.config);
}

function conflict(
  plugin: Plugin,
  origin: string,
  clashes: readonly Provision[],
  ownerOf: (key: string) => string | undefined,
): Problem {
  const taken = clashes.map(
    ({ kind, type }) => `${kind} type ${type} of the plugin ${ownerOf(keyOf(kind, type)) ?? ''}`,
  );
  return {
    code: 'PLUGIN_CONFLICT',
    file: origin,
    message:
      taken.length > 0
        ? `the plugin ${plugin.name} provides what is there already: ${taken.join(', ')}`
        : `two plugins are called ${plugin.name}`,
    hint: 'Rename one of them, or take one out of plugins.',
  };
}

/** What keeps a value from being a plugin, each fault with what was expected. */
function faultsOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null)
    return ['it exports no plugin: `export default definePlugin({ ... })` is expected'];
  const plugin = value as Partial<Plugin>;
  const faults: string[] = [];
  if (typeof plugin.name !== 'string' || !/^[a-z0-9][a-z0-9-]*$/.test(plugin.name))
    faults.push('name must be lower case letters, digits and dashes');
  if (typeof plugin.version !== 'string' || !/^\d+\.\d+\.\d+/.test(plugin.version))
    faults.push('version must be a semantic version such as 1.0.0');
  if (plugin.sdk !== sdkProtocol)
    faults.push(`it was made for SDK protocol ${String(plugin.sdk)}, this program speaks ${sdkProtocol}`);
  if (!Array.isArray(plugin.provides) || plugin.provides.length === 0)
    return [...faults, 'provides must list at least one check, channel or rule'];
  return [...faults, ...plugin.provides.flatMap((provision, i) => provisionFaults(provision, i))];
}

const members = { check: ['config', 'run'], channel: ['config', 'send'], rule: ['spec', 'compile'] } as const;

function provisionFaults(value: unknown, position: number): readonly string[] {
  const place = `provides[${position}]`;
  if (typeof value !== 'object' || value === null)
    return [`${place} must come from defineCheck, defineChannel or defineRule`];
  const provision = value as Record<string, unknown>;
  const kind = provision['kind'];
  if (kind !== 'check' && kind !== 'channel' && kind !== 'rule')
    return [`${place} must come from defineCheck, defineChannel or defineRule`];
  const faults: string[] = [];
  if (typeof provision['type'] !== 'string' || !/^[a-z][a-z0-9_-]*$/.test(provision['type']))
    faults.push(`${place}.type must be a word in lower case`);
  const [schema, run] = members[kind];
  if (typeof provision[run] !== 'function') faults.push(`${place}.${run} must be a function`);
  if (!isSchema(provision[schema]))
    faults.push(`${place}.${schema} must be a schema that speaks Standard Schema, such as one of zod`);
  return faults;
}

function isSchema(value: unknown): boolean {
  const standard = (value as { '~standard'?: { version?: unknown; validate?: unknown } } | undefined)?.['~standard'];
  return standard?.version === 1 && typeof standard.validate === 'function';
}
