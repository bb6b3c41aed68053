import { definePlugin } from '@tapewatch/plugin-sdk';
import { telegramChannel } from './telegram-channel.js';

export default definePlugin({ name: 'channel-telegram', version: '0.1.0', sdk: 1, provides: [telegramChannel] });
