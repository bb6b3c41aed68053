/** Every observable instrument of this room. */
export const instrumentTable = [
  gauge(
    'exchange.up',
    '{state}',
    'Whether the transport works: REST answered the newest request, every feed has its WebSocket.',
  ),
  gauge('exchange.connected', '{state}', 'Whether REST answered lately and every feed is fresh.'),
  counter('exchange.request.errors', '{error}', 'Requests to the exchange that failed.'),
  gauge('exchange.rate_limit.used', '{weight}', "Weight used in the venue's current window, as its last answer told."),
  gauge('exchange.rate_limit.limit', '{weight}', 'Most weight that the window takes, where the venue tells.'),
  gauge('exchange.rate_limit.utilization', '1', 'Weight used of what the window takes, where the venue tells both.'),
  gauge('exchange.clock.offset', 's', "The venue's clock minus ours."),
  gauge('exchange.clock.uncertainty', 's', 'How far the clock offset may be wrong: half the time the request took.'),
  gauge(
    'exchange.feed.age',
    's',
    'Time since the last message of the feed; before the first one absent, and once it is overdue the time since watching began.',
  ),
  gauge('exchange.feed.stale_after', 's', 'How long the feed may be silent before it counts as stale, as configured.'),
  gauge('exchange.feed.state', '{state}', '1 for the state of the feed that holds: live, quiet, stuck or cut_off.'),
  counter('exchange.feed.messages', '{message}', 'Messages of the feed.'),
  counter('exchange.feed.stalls', '{stall}', 'Connections dropped because they were open and silent.'),
  counter('exchange.ws.connects', '{connection}', 'WebSocket connections made, or, with error.type, not made.'),
  counter('exchange.ws.disconnects', '{connection}', 'WebSocket connections lost.'),
  gauge('exchange.ticker.last', '{quote}', 'Price of the last trade.'),
  gauge('exchange.ticker.bid', '{quote}', 'Best bid.'),
  gauge('exchange.ticker.ask', '{quote}', 'Best ask.'),
  gauge('exchange.ticker.spread', '1', 'Ask minus bid, over their mean.'),
  gauge('exchange.ticker.volume.base', '{base}', 'Traded in the last 24 hours, in the base currency.'),
  gauge('exchange.ticker.volume.quote', '{quote}', 'Traded in the last 24 hours, in the quote currency.'),
  gauge(
    'exchange.ticker.age',
    's',
    'Time since the last valid ticker of the symbol; before the first one absent, and after a minute the time since watching began.',
  ),
  counter('exchange.ticker.invalid', '{ticker}', 'Tickers refused because their values cannot be true.'),
] as const;

export type InstrumentName = (typeof instrumentTable)[number]['name'];

function gauge<Name extends string>(name: Name, unit: string, description: string) {
  return { name, type: 'gauge', unit, description } as const;
}

function counter<Name extends string>(name: Name, unit: string, description: string) {
  return { name, type: 'counter', unit, description } as const;
}
