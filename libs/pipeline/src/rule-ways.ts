import type { TapewatchConfig } from '@tapewatch/config';
import { parseTemplate } from '@tapewatch/go-template';
import { possibleRoutes, RouteTree, type KnownLabels, type RouteNode } from '@tapewatch/notify';

/** Where the alerts of a rule may go, as far as its own labels tell: those that series bring may match anything. */
export interface RuleWay {
  /** In the order of the tree. */
  readonly receivers: readonly string[];
  /** The root has routes, and certainly none of them takes its alerts. */
  readonly fallsThrough: boolean;
  /** Certainly nobody is told: no receiver that may be told, at once or by escalation, has a channel. */
  readonly tellsNobody: boolean;
}

/** By which way rules tell. The matchers of the config have been checked. */
export class RuleWays {
  readonly #root: RouteNode;
  readonly #silent: ReadonlySet<string>;

  constructor({ route, receivers }: Pick<TapewatchConfig, 'route' | 'receivers'>) {
    this.#root = new RouteTree(route).root;
    this.#silent = new Set(receivers.filter(({ channels }) => channels.length === 0).map(({ name }) => name));
  }

  of(known: KnownLabels): RuleWay {
    const routes = possibleRoutes(this.#root, known);
    const told = routes.flatMap(({ receiver, escalate }) => [receiver, ...escalate.map((step) => step.receiver)]);
    return {
      receivers: [...new Set(routes.map(({ receiver }) => receiver))],
      fallsThrough: this.#root.children.length > 0 && routes.every((route) => route === this.#root),
      tellsNobody: told.every((name) => this.#silent.has(name)),
    };
  }
}

/** The labels that every alert of a rule has, whatever its series; `labels` as written, templates unexpanded. */
export function knownLabels(name: string, labels: Readonly<Record<string, string>>): KnownLabels {
  const fixed = Object.entries(labels).filter(([label, text]) => parseTemplate(text, label).constant);
  return new Map([...fixed, ['alertname', name]]);
}
