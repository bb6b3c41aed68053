const shape = /^(http|ws)s?:\/\/[^/?#]+(\/[^?#]*)?$/;

export interface EndpointOverride {
  readonly restUrl?: string;
  readonly wsUrl?: string;
}

/**
 * A copy of ccxt's tree of endpoints with every REST and every WebSocket address moved to the given ones. All of a kind are
 * moved, not only those that are needed today, so that nothing meant for a simulator or proxy reaches the real venue.
 */
export function overrideEndpoints(tree: unknown, override: EndpointOverride): unknown {
  if (typeof tree === 'string') return overrideAddress(tree, override);
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, branch]) => [key, overrideEndpoints(branch, override)]));
}

function overrideAddress(address: string, override: EndpointOverride): string {
  const match = shape.exec(address);
  if (match === null) return address;
  const path = match[2] ?? '';
  if (match[1] === 'http') return override.restUrl === undefined ? address : withoutSlash(override.restUrl) + path;
  if (override.wsUrl === undefined) return address;
  const base = withoutSlash(override.wsUrl);
  return new URL(base).pathname === '/' ? base + path : base;
}

function withoutSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url;
}
