import { definePlugin } from '@tapewatch/plugin-sdk';
import { slo } from './slo.js';

export default definePlugin({ name: 'rule-slo', version: '0.1.0', sdk: 1, provides: [slo] });
