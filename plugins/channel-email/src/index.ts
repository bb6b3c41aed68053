import { definePlugin } from '@tapewatch/plugin-sdk';
import { emailChannel } from './email-channel.js';

export default definePlugin({ name: 'channel-email', version: '0.1.0', sdk: 1, provides: [emailChannel] });
