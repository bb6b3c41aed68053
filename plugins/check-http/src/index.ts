import { definePlugin } from '@tapewatch/plugin-sdk';
import { httpCheck } from './http-check.js';

export default definePlugin({ name: 'check-http', version: '0.1.0', sdk: 1, provides: [httpCheck] });
