import { definePlugin } from '@tapewatch/plugin-sdk';
import { threshold } from './threshold.js';

export default definePlugin({ name: 'rule-threshold', version: '0.1.0', sdk: 1, provides: [threshold] });
