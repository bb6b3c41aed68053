import { describe, expect, it } from 'vitest';
import { TickerBoard } from './ticker-board.js';

const staleAfterMs = 10_000;

function board(): TickerBoard {
  return new TickerBoard(['BTC/USDT'], staleAfterMs);
}

describe('TickerBoard', () => {
  it('shows the newest valid ticker with its arrival', () => {
    const tickers = board();
    tickers.accept('BTC/USDT', { last: 1 }, 5, 1_005);
    expect(tickers.current('BTC/USDT', 0, 6)).toEqual({
      symbol: 'BTC/USDT',
      ticker: { last: 1 },
      arrivedMs: 5,
      at: 1_005,
    });
  });

  it('ignores symbols nobody asked for', () => {
    const tickers = board();
    tickers.accept('ETH/USDT', { last: 0 }, 5, 5);
    expect(tickers.entry('ETH/USDT')).toBeUndefined();
    expect(tickers.invalid.not_positive).toBe(0);
  });

  it('does not let prices from before the present run of messages stand', () => {
    const tickers = board();
    tickers.accept('BTC/USDT', { last: 1 }, 5, 5);
    expect(tickers.current('BTC/USDT', 6, 7)).toBeUndefined();
    expect(tickers.current('BTC/USDT', undefined, 7)).toBeUndefined();
    expect(tickers.entry('BTC/USDT')?.ticker.last).toBe(1);
  });

  it('counts refused tickers by reason, and they do not keep the former one alive', () => {
    const tickers = board();
    tickers.accept('BTC/USDT', { last: 1 }, 0, 0);
    tickers.accept('BTC/USDT', {}, 9_000, 9_000);
    expect(tickers.invalid.empty).toBe(1);
    expect(tickers.entry('BTC/USDT')?.arrivedMs).toBe(0);
    expect(tickers.current('BTC/USDT', 0, staleAfterMs)).toBeDefined();
    expect(tickers.current('BTC/USDT', 0, staleAfterMs + 1)).toBeUndefined();
  });

  it('lets a symbol that merely does not trade stand while its feed lives', () => {
    const tickers = board();
    tickers.accept('BTC/USDT', { last: 1 }, 0, 0);
    expect(tickers.current('BTC/USDT', 0, 10 * staleAfterMs)).toBeDefined();
  });

  it('recovers from a timestamp far in the future once that ticker has aged out', () => {
    const tickers = board();
    tickers.accept('BTC/USDT', { last: 1, timestamp: 9e15 }, 0, 0);
    tickers.accept('BTC/USDT', { last: 2, timestamp: 1 }, 1_000, 1_000);
    expect(tickers.invalid.time_went_back).toBe(1);
    tickers.accept('BTC/USDT', { last: 3, timestamp: 2 }, staleAfterMs + 1, 0);
    expect(tickers.entry('BTC/USDT')?.ticker.last).toBe(3);
  });
});
