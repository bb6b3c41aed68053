import { definePlugin } from '@tapewatch/plugin-sdk';
import { anomaly } from './anomaly.js';

export default definePlugin({ name: 'rule-anomaly', version: '0.1.0', sdk: 1, provides: [anomaly] });
