import { didYouMean, formatDuration } from '@tapewatch/model';
import type { Problem } from '@tapewatch/model';
import { loadCcxt } from './ccxt-library.js';
import type { ExchangeOptions } from './exchange-options.js';

/** Venues that can be watched: those whose tickers ccxt streams, by ccxt's id, in alphabetical order. Reads ccxt on first use. */
export function knownVenues(): readonly string[] {
  venues ??= [...loadCcxt().venues.keys()].filter(streamsTickers).sort();
  return venues;
}

let venues: readonly string[] | undefined;

/**
 * Everything that is wrong with one exchange's options, at once; empty when it can be watched. `path` is where the options
 * stand, as in `exchanges[0]`; keys below it are those of the config file, as in `stale_after`. The caller adds file and line.
 * Whether the venue lists the symbols, only the venue knows.
 */
export function validateExchangeOptions(options: ExchangeOptions, path = ''): readonly Problem[] {
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
  return [
    ...venueProblems(options.venue, at('venue')),
    ...symbolProblems(options.symbols, at('symbols')),
    ...durationProblems(options, at),
    ...urlProblems(options.restUrl, ['http:', 'https:'], at('rest_url')),
    ...urlProblems(options.wsUrl, ['ws:', 'wss:'], at('ws_url')),
  ];
}

function venueProblems(venue: string, path: string): readonly Problem[] {
  if (loadCcxt().venues.has(venue)) {
    if (streamsTickers(venue)) return [];
    const message = `The venue '${venue}' has no ticker stream in ccxt (watchTickers), so it cannot be watched.`;
    return [{ code: 'CONFIG_INVALID_VALUE', message, path, found: venue }];
  }
  // only now: the list costs an instance of every venue
  const hint = didYouMean(venue, knownVenues());
  return [
    {
      code: 'CONFIG_REFERENCE',
      message: `ccxt knows no venue '${venue}' with a WebSocket.`,
      path,
      found: venue,
      allowed: `${String(knownVenues().length)} venues, by ccxt's id`,
      ...(hint === undefined ? {} : { hint }),
    },
  ];
}

function symbolProblems(symbols: readonly string[], path: string): readonly Problem[] {
  if (symbols.length === 0) {
    return [{ code: 'CONFIG_MISSING', message: 'At least one symbol is needed.', path, hint: 'For example BTC/USDT.' }];
  }
  return symbols.flatMap((symbol, i): readonly Problem[] => {
    const where = `${path}[${String(i)}]`;
    if (symbols.indexOf(symbol) < i) {
      return [{ code: 'CONFIG_INVALID_VALUE', message: 'The symbol is listed twice.', path: where, found: symbol }];
    }
    if (unifiedSymbol.test(symbol)) return [];
    const message = "This is not one of ccxt's unified symbols.";
    return [
      { code: 'CONFIG_INVALID_VALUE', message, path: where, found: symbol, allowed: 'BASE/QUOTE or BASE/QUOTE:SETTLE' },
    ];
  });
}

const unifiedSymbol = /^[^\s/:]+\/[^\s/:]+(:[^\s/:]+)?$/;

function durationProblems(options: ExchangeOptions, at: (key: string) => string): readonly Problem[] {
  const durations = {
    stale_after: options.staleAfterMs,
    feed_timeout: options.feedTimeoutMs,
    poll_interval: options.pollIntervalMs,
    request_timeout: options.requestTimeoutMs,
  };
  const problems = Object.entries(durations)
    .filter(([, ms]) => !(Number.isFinite(ms) && ms > 0))
    .map(([key, ms]): Problem => {
      const found = Number.isFinite(ms) ? formatDuration(ms) : String(ms);
      return { code: 'CONFIG_INVALID_VALUE', message: 'The duration must be above 0.', path: at(key), found };
    });
  if (problems.length > 0 || options.feedTimeoutMs >= options.staleAfterMs) return problems;
  return [
    {
      code: 'CONFIG_INVALID_VALUE',
      message: 'The feed would be dialled anew before it counts as stale.',
      path: at('feed_timeout'),
      found: formatDuration(options.feedTimeoutMs),
      allowed: `at least stale_after, ${formatDuration(options.staleAfterMs)}`,
    },
  ];
}

function urlProblems(url: string | undefined, protocols: readonly string[], path: string): readonly Problem[] {
  if (url === undefined) return [];
  const parsed = URL.parse(url);
  if (parsed !== null && protocols.includes(parsed.protocol)) return [];
  const allowed = protocols.map((protocol) => `${protocol}//HOST`).join(', ');
  return [{ code: 'CONFIG_INVALID_VALUE', message: 'This is not an address of that kind.', path, found: url, allowed }];
}

function streamsTickers(venue: string): boolean {
  const Venue = loadCcxt().venues.get(venue);
  return Venue !== undefined && new Venue({}).has['watchTickers'] === true;
}
