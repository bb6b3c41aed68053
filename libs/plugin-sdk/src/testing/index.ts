export { RecordingLogger } from '@tapewatch/model/testing';
export { httpChannelContract } from './channel-contract.js';
export type { ContractCase, HttpChannelContractOptions } from './channel-contract.js';
export { testContext } from './context.js';
export { hostileNotification, injections } from './injections.js';
export { sampleNotification } from './notification.js';
export { selfSigned } from './self-signed.js';
