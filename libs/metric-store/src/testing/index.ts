export { findPrometheus, startPrometheus } from './real-prometheus.js';
export type { RealPrometheus } from './real-prometheus.js';
