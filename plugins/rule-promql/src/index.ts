import { definePlugin } from '@tapewatch/plugin-sdk';
import { promql } from './promql.js';

export default definePlugin({ name: 'rule-promql', version: '0.1.0', sdk: 1, provides: [promql] });
