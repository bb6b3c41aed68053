import { definePlugin } from '@tapewatch/plugin-sdk';
import { webhookChannel } from './webhook-channel.js';

export default definePlugin({ name: 'channel-webhook', version: '0.1.0', sdk: 1, provides: [webhookChannel] });
