/** Alertmanager's deprecated `match` as matchers. */
export function fromMatch(match: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(match).map(([name, value]) => `${name}=${quoted(value)}`);
}

/** Alertmanager's deprecated `match_re` as matchers: the patterns as it anchors them, which its route keys show. */
export function fromMatchRe(match: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(match).map(([name, pattern]) => `${name}=~${quoted(`^(?:${pattern})$`)}`);
}

function quoted(text: string): string {
  return `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`;
}
