export { FakeClock } from './fake-clock.js';
export { RecordingLogger } from './recording-logger.js';
export type { LogLine } from './recording-logger.js';
export { testCertificates } from './test-certificates.js';
