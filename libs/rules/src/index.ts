export { createRuleEngine } from './engine/rule-engine.js';
export type { RuleEngine, RuleEngineOptions } from './engine/rule-engine.js';
export { loadRuleFiles } from './rule-file/load-rule-files.js';
export type { LoadOptions, ReadFile, RuleKinds } from './rule-file/load-options.js';
export type { AlertRule, NamedTemplate, RecordingRule, Rule, RuleGroup } from './rule-group.js';
export type { RecordSamples, RuleSample } from './rule-sample.js';
export type { RuleGroupView, RuleView } from './rule-view.js';
