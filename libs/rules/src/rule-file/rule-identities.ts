import type { AlertRule } from '../rule-group.js';
import type { SourceNode } from './source-node.js';
import { shown } from './source-node.js';

interface Claim {
  readonly file: string;
  readonly place: string;
}

/**
 * What the alerts of a rule are known by: its group, its name and its fixed labels. Their state is kept, and after a restart found
 * again, by these, so no two rules of all files may share them. Who comes second is refused.
 */
export class RuleIdentities {
  readonly #groups = new Map<string, Claim>();
  readonly #rules = new Map<string, string>();
  /** A group of another file's name is told once, not for each of its rules. */
  readonly #refusedGroups = new Set<string>();

  /** `node` is where the group gets its name. Within one file it may come up again. */
  claimGroup(name: string, file: string, node: SourceNode): void {
    const key = JSON.stringify([file, name]);
    const first = this.#groups.get(name);
    if (first === undefined) this.#groups.set(name, { file, place: node.place });
    if (first === undefined || first.file === file || this.#refusedGroups.has(key)) return;
    this.#refusedGroups.add(key);
    node.problem('RULE_INVALID', `A group of this name is already in another file, at ${first.place}.`, {
      found: shown(name),
      hint: 'Give it another name (rules of our form that name no group are in one named after their file).',
    });
  }

  claimRule(group: string, file: string, rule: AlertRule, node: SourceNode): void {
    const key = JSON.stringify([file, group, rule.name, fixedLabels(rule)]);
    const first = this.#rules.get(key);
    if (first === undefined) {
      this.#rules.set(key, node.place);
      return;
    }
    node.problem(
      'RULE_INVALID',
      `A rule of this name with the same fixed labels is already in the group, at ${first}.`,
      {
        found: shown(rule.name),
        hint: 'Give it another name, or a label that tells the two apart, as severity does.',
      },
    );
  }
}

/** By name. An empty label is none, and `alertname` is always the rule's own. */
function fixedLabels({ labels }: AlertRule): readonly (readonly [string, string])[] {
  return labels
    .filter(({ name, template }) => template.constant && template.text !== '' && name !== 'alertname')
    .map(({ name, template }) => [name, template.text] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
