import { definePlugin } from '@tapewatch/plugin-sdk';
import { consoleChannel } from './console-channel.js';

export default definePlugin({ name: 'channel-console', version: '0.1.0', sdk: 1, provides: [consoleChannel] });
