import { definePlugin } from '@tapewatch/plugin-sdk';
import { slackChannel } from './slack-channel.js';

export default definePlugin({ name: 'channel-slack', version: '0.1.0', sdk: 1, provides: [slackChannel] });
