import ccxt from 'ccxt';
export const planted = ccxt;
