import type {
  ASTVisitor,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLNamedType,
  SelectionNode,
  ValidationContext,
} from 'graphql';
import { getNamedType, GraphQLError, isInterfaceType, isObjectType, Kind } from 'graphql';

/** What one document may ask for. Tokens are limited where it is parsed. */
export const queryLimits = {
  depth: 12,
  aliases: 30,
  directives: 50,
  tokens: 2000,
  nodes: 1_000_000,
  evaluations: 5,
} as const;

/** How large an operation is, its fragments spread out. `nodes` is an upper bound of the fields in the answer's paged lists. */
interface Size {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly nodes: number;
  /** Fields that evaluate a query on the thread of the tick. */
  readonly evaluations: number;
}

const nothing: Size = { depth: 0, aliases: 0, directives: 0, nodes: 0, evaluations: 0 };
const mostPerPage = 200;
const evaluating = new Set(['backtestRule', 'metric', 'metricRange', 'metricsSummary']);

/** Refuses an operation that is too deep, or too large for its document's size. */
export function queryLimitsRule(context: ValidationContext): ASTVisitor {
  const meter = new SizeMeter(context);
  return {
    OperationDefinition(node) {
      const schema = context.getSchema();
      const size = meter.selections(node.selectionSet.selections, schema.getRootType(node.operation) ?? undefined);
      const total = { ...size, directives: size.directives + (node.directives?.length ?? 0) };
      for (const limit of ['depth', 'aliases', 'directives', 'nodes', 'evaluations'] as const) {
        if (total[limit] <= queryLimits[limit]) continue;
        const message = tooLarge(limit, total[limit]);
        context.reportError(new GraphQLError(message, { nodes: node, extensions: { problem: 'QUERY_LIMIT' } }));
      }
      return false;
    },
  };
}

function tooLarge(limit: keyof Size, size: number): string {
  if (limit === 'evaluations') {
    return `The operation asks ${size} times for ${[...evaluating].join(', ')}, at most ${queryLimits[limit]} together; send the others after it`;
  }
  return `The operation is too large: ${limit} ${size}, at most ${queryLimits[limit]}`;
}

class SizeMeter {
  readonly #context: ValidationContext;
  readonly #fragments = new Map<string, Size>();

  constructor(context: ValidationContext) {
    this.#context = context;
  }

  selections(nodes: readonly SelectionNode[], parent: GraphQLNamedType | undefined): Size {
    return nodes.map((node) => this.#selection(node, parent)).reduce(beside, nothing);
  }

  #selection(node: SelectionNode, parent: GraphQLNamedType | undefined): Size {
    const own = { ...nothing, directives: node.directives?.length ?? 0 };
    if (node.kind === Kind.FIELD) return beside(own, this.#field(node, parent));
    if (node.kind === Kind.FRAGMENT_SPREAD) return beside(own, this.#fragment(node.name.value));
    const condition = node.typeCondition?.name.value;
    const type = condition === undefined ? parent : this.#context.getSchema().getType(condition);
    return beside(own, this.selections(node.selectionSet.selections, type));
  }

  #field(node: FieldNode, parent: GraphQLNamedType | undefined): Size {
    const aliases = node.alias === undefined ? 0 : 1;
    // Introspection nests deeper than data does; graphql-js has a limit of its own for it.
    if (node.name.value.startsWith('__')) return { ...nothing, aliases, nodes: 1 };
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    const type = field === undefined ? undefined : getNamedType(field.type);
    const isEvaluation = parent === this.#context.getSchema().getQueryType() && evaluating.has(node.name.value);
    const inside = this.selections(node.selectionSet?.selections ?? [], type);
    return {
      depth: inside.depth + 1,
      aliases: inside.aliases + aliases,
      directives: inside.directives,
      nodes: 1 + inside.nodes * pageSize(node, field),
      evaluations: inside.evaluations + (isEvaluation ? 1 : 0),
    };
  }

  #fragment(name: string): Size {
    const known = this.#fragments.get(name);
    if (known !== undefined) return known;
    // Also ends a cycle, which is reported by another rule.
    this.#fragments.set(name, nothing);
    const fragment: FragmentDefinitionNode | null | undefined = this.#context.getFragment(name);
    if (fragment == null) return nothing;
    const type = this.#context.getSchema().getType(fragment.typeCondition.name.value);
    const size = this.selections(fragment.selectionSet.selections, type);
    this.#fragments.set(name, size);
    return size;
  }
}

/** How many items a paged field yields at most; 1 for any other field. */
function pageSize(node: FieldNode, field: GraphQLField<unknown, unknown> | undefined): number {
  const definition = field?.args.find((argument) => argument.name === 'first' || argument.name === 'last');
  if (definition === undefined) return 1;
  const value = node.arguments?.find((argument) => argument.name.value === definition.name)?.value;
  if (value === undefined) return Number(definition.defaultValue ?? mostPerPage);
  return value.kind === Kind.INT ? Math.max(1, Number(value.value)) : mostPerPage;
}

function beside(a: Size, b: Size): Size {
  return {
    depth: Math.max(a.depth, b.depth),
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    nodes: a.nodes + b.nodes,
    evaluations: a.evaluations + b.evaluations,
  };
}
