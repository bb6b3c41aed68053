import { definePlugin } from '@tapewatch/plugin-sdk';
import { fileChannel } from './file-channel.js';
import { fundingCheck } from './funding-check.js';

/** A plugin as a user writes one: it imports the SDK and nothing else of Tapewatch. */
export default definePlugin({ name: 'funding-desk', version: '1.0.0', sdk: 1, provides: [fundingCheck, fileChannel] });
