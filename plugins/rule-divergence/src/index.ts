import { definePlugin } from '@tapewatch/plugin-sdk';
import { divergence } from './divergence.js';

export default definePlugin({ name: 'rule-divergence', version: '0.1.0', sdk: 1, provides: [divergence] });
