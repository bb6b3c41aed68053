import type { CompiledLevel, CompiledLevels, CompiledRule } from './rule.js';

/** What a threshold may be called in a spec. @public */
export const limits = ['above', 'below', 'at_least', 'at_most'] as const;

/** @public */
export type Limit = (typeof limits)[number];

/** One threshold, and another one to clear, in the unit of what is compared. @public */
export type Bounds = { readonly [Field in Limit | 'clear']?: number | undefined };

/** Thresholds by severity; `for` (in milliseconds) stands in place of that of the rule. @public */
export interface LevelledSpec<Thresholds = Bounds> {
  readonly critical?: (Thresholds & { readonly for?: number | undefined }) | undefined;
  readonly warning?: (Thresholds & { readonly for?: number | undefined }) | undefined;
}

/** The threshold of a spec that `checkLevels` found nothing wrong with. Throws when there is none. @public */
export function limitOf(bounds: Bounds): { readonly limit: Limit; readonly value: number } {
  for (const limit of limits) {
    const value = bounds[limit];
    if (value !== undefined) return { limit, value };
  }
  throw new Error(`A threshold is missing: add one of ${limits.join(', ')}.`);
}

/** What a rule becomes whose threshold stands above, or under `critical` and `warning`: each of these is compiled by itself. @public */
export function compileLevels<Thresholds extends Bounds>(
  spec: Thresholds & LevelledSpec<Thresholds>,
  compile: (thresholds: Thresholds) => CompiledRule,
): CompiledRule | CompiledLevels {
  if (spec.critical === undefined && spec.warning === undefined) return compile(spec);
  const levels: CompiledLevel[] = [];
  for (const severity of ['critical', 'warning'] as const) {
    const level = spec[severity];
    if (level === undefined) continue;
    levels.push({ severity, ...compile(level), ...(level.for === undefined ? {} : { forMs: level.for }) });
  }
  return { levels };
}

/** Told of what is wrong, where in the spec, and how to mend it. @public */
export type SpecIssue = (path: readonly string[], message: string) => void;

/** @public */
export interface LevelChecks {
  /** Those that the kind takes. */
  readonly limits: readonly Limit[];
  /** A threshold as a user may write it, as in `above: 10`. */
  readonly example: string;
}

/**
 * Says what cannot be among the thresholds of a spec: none or two in one place, one beside those of the severities, a threshold to clear
 * that lies beyond the one to fire, a critical one that does not lie beyond that of the warning.
 * @public
 */
export function checkLevels(spec: Bounds & LevelledSpec, checks: LevelChecks, issue: SpecIssue): void {
  const { warning, critical } = spec;
  const severities = (['warning', 'critical'] as const).filter((severity) => spec[severity] !== undefined);
  const stray = [...checks.limits, 'clear' as const].find((field) => spec[field] !== undefined);
  if (severities.length === 0) checkBounds(spec, [], checks, issue);
  else if (stray !== undefined)
    issue([stray], `There is a threshold beside ${severities.join(' and ')}: put it into one of them.`);
  for (const severity of severities) checkBounds(spec[severity] ?? {}, [severity], checks, issue);
  if (warning !== undefined && critical !== undefined) checkOrder(warning, critical, issue);
}

function checkBounds(
  bounds: Bounds,
  path: readonly string[],
  { limits: known, example }: LevelChecks,
  issue: SpecIssue,
): void {
  const given = known.filter((limit) => bounds[limit] !== undefined);
  const [limit, second] = given;
  if (limit === undefined) {
    const oneOf = known.length === 1 ? '' : 'one of ';
    return issue(
      path,
      `A threshold is missing: add ${oneOf}${known.join(', ')}, as in ${example}, or critical and warning.`,
    );
  }
  if (second !== undefined)
    return issue(
      [...path, second],
      `There are ${given.length} thresholds (${given.join(', ')}): keep one, and write another rule for the other.`,
    );
  const { value } = limitOf(bounds);
  if (bounds.clear === undefined || bounds.clear === value || isBeyond(limit, value, bounds.clear)) return;
  const side = isUpward(limit) ? 'lower' : 'higher';
  issue([...path, 'clear'], `The threshold to clear must be ${side} than that to fire (${limit}: ${value}).`);
}

function checkOrder(warning: Bounds, critical: Bounds, issue: SpecIssue): void {
  const [lesser, worse] = [warning, critical].map((bounds) => limits.find((limit) => bounds[limit] !== undefined));
  if (lesser === undefined || worse === undefined) return;
  if (isUpward(lesser) !== isUpward(worse))
    return issue(['critical', worse], `The levels look in different directions: warning has ${lesser}.`);
  const { value } = limitOf(warning);
  if (!isBeyond(worse, limitOf(critical).value, value))
    issue(['critical', worse], `The critical threshold must be beyond that of the warning (${value}).`);
}

function isUpward(limit: Limit): boolean {
  return limit === 'above' || limit === 'at_least';
}

/** Whether a value lies further out than another one. */
function isBeyond(limit: Limit, value: number, other: number): boolean {
  return isUpward(limit) ? value > other : value < other;
}
