import channelConsole from '@tapewatch/channel-console';
import channelEmail from '@tapewatch/channel-email';
import channelSlack from '@tapewatch/channel-slack';
import channelTelegram from '@tapewatch/channel-telegram';
import channelWebhook from '@tapewatch/channel-webhook';
import checkExchange from '@tapewatch/check-exchange';
import checkHttp from '@tapewatch/check-http';
import ruleAbsence from '@tapewatch/rule-absence';
import ruleAnomaly from '@tapewatch/rule-anomaly';
import ruleDivergence from '@tapewatch/rule-divergence';
import rulePromql from '@tapewatch/rule-promql';
import ruleSlo from '@tapewatch/rule-slo';
import ruleThreshold from '@tapewatch/rule-threshold';
import type { Plugin } from '@tapewatch/plugin-sdk';

/** The plugins that come with the program. They enter through the same registry as a user's. */
export const bundledPlugins: readonly Plugin[] = [
  checkHttp,
  checkExchange,
  channelConsole,
  channelWebhook,
  channelTelegram,
  channelSlack,
  channelEmail,
  rulePromql,
  ruleThreshold,
  ruleAbsence,
  ruleDivergence,
  ruleAnomaly,
  ruleSlo,
];
