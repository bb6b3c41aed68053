import {
  defineChannel,
  defineCheck,
  definePlugin,
  sent,
  type CheckResult,
  type Notification,
} from '@tapewatch/plugin-sdk';
import { z } from 'zod';

/** What the desk's check finds, and what its channels were told: a scenario sets the one and reads the other. */
export const desk: { found: CheckResult; told: (notification: Notification) => void; checks: number } = {
  found: { status: 'healthy' },
  told: () => undefined,
  checks: 0,
};

const check = defineCheck({
  type: 'desk',
  description: 'Finds what a scenario says',
  config: z.strictObject({}),
  run: () => {
    desk.checks++;
    return Promise.resolve(desk.found);
  },
});

const channel = defineChannel({
  type: 'desk',
  description: 'Tells a scenario',
  config: z.strictObject({}),
  sendResolved: true,
  send: (_context, _config, notification) => {
    desk.told(notification);
    return Promise.resolve(sent());
  },
});

export default definePlugin({ name: 'desk', version: '1.0.0', sdk: 1, provides: [check, channel] });
