import { definePlugin } from '@tapewatch/plugin-sdk';
import { exchangeCheck } from './exchange-check.js';

export default definePlugin({ name: 'check-exchange', version: '0.1.0', sdk: 1, provides: [exchangeCheck] });
