export { createRuleEngine } from './engine/rule-engine.js';
export type { RuleEngine, RuleEngineOptions } from './engine/rule-engine.js';
export { loadRuleFiles } from './rule-file/load-rule-files.js';
export type { LoadOptions, ReadFile, RuleKinds } from './rule-file/load-options.js';
export type { AlertRule, NamedTemplate, RuleGroup } from './rule-group.js';
export type { RuleGroupView, RuleView } from './rule-view.js';
