export { createExchanges } from './exchanges.js';
export type { Exchanges, ExchangesOptions } from './exchanges.js';
export type { ExchangeOptions } from './exchange-options.js';
export type { ExchangeView, TickerView } from './exchange-view.js';
export { isExchangeRejection } from './exchange-rejection.js';
export { validateExchangeOptions } from './validate-exchange-options.js';
