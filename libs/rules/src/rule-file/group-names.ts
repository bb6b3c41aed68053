import { groupKey } from '../rule-group.js';
import type { SourceNode } from './source-node.js';
import { shown } from './source-node.js';

interface Claim {
  readonly file: string;
  readonly place: string;
}

/** Groups whose alerts could not be told apart, as their files have the same name in different folders: who comes second is refused. */
export class GroupNames {
  readonly #groups = new Map<string, Claim>();
  /** Told once, not for each of its rules. */
  readonly #refused = new Set<string>();

  /** `node` is where the group gets its name. Within one file it may come up again. */
  claim(name: string, file: string, node: SourceNode): void {
    const key = groupKey({ file, name });
    const first = this.#groups.get(key);
    if (first === undefined) this.#groups.set(key, { file, place: node.place });
    if (first === undefined || first.file === file || this.#refused.has(file + key)) return;
    this.#refused.add(file + key);
    node.problem('RULE_INVALID', `A group of this name is already in another file of this name, at ${first.place}.`, {
      found: shown(name),
      hint: 'Give the group or the file another name (rules of our form that name no group are in one named after their file).',
    });
  }
}
