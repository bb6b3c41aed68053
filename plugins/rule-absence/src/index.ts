import { definePlugin } from '@tapewatch/plugin-sdk';
import { absence } from './absence.js';

export default definePlugin({ name: 'rule-absence', version: '0.1.0', sdk: 1, provides: [absence] });
