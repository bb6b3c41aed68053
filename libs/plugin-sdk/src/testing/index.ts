export { httpChannelContract } from './channel-contract.js';
export type { ContractCase } from './channel-contract.js';
export { testContext } from './context.js';
export { sampleNotification } from './notification.js';
