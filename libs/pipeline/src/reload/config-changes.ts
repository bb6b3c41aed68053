import { isDeepStrictEqual } from 'node:util';
import type { TapewatchConfig } from '@tapewatch/config';

/** What differs between two configurations, by section. */
export interface ConfigChanges {
  /** Sections that a reload puts into force. */
  readonly applied: readonly string[];
  /** Sections whose change waits for the next start. */
  readonly waiting: readonly string[];
}

type Section = keyof TapewatchConfig;

/** How each section is called in the file, where its name differs. */
const writtenAs: Partial<Record<Section, string>> = {
  dataDir: 'data_dir',
  shippedRules: 'shipped_rules',
  ruleFiles: 'rule_files',
  inhibitRules: 'inhibit_rules',
  timeIntervals: 'time_intervals',
  templateFiles: 'templates',
};

/** Where it was read from and how it reads say nothing about what it means. */
const ofTheText: readonly Section[] = ['file', 'locate', 'shown', 'sources', 'warnings'];

/** Rules and who is told of them: the part of a configuration that changes while the program runs. */
const reloaded: readonly Section[] = [
  ...(['shippedRules', 'ruleFiles', 'route', 'receivers'] as const),
  ...(['inhibitRules', 'timeIntervals', 'templateFiles'] as const),
];

/** Compares section by section. Rule files are compared by name only: what stands in them is compared as rules. */
export function configChanges(before: TapewatchConfig, after: TapewatchConfig): ConfigChanges {
  const sections = [...new Set([...Object.keys(before), ...Object.keys(after)])] as readonly Section[];
  const changed = sections.filter(
    (section) => !ofTheText.includes(section) && !isDeepStrictEqual(before[section], after[section]),
  );
  const named = (list: readonly Section[]): readonly string[] =>
    list.map((section) => writtenAs[section] ?? section).sort();
  return {
    applied: named(changed.filter((section) => reloaded.includes(section))),
    waiting: named(changed.filter((section) => !reloaded.includes(section))),
  };
}
