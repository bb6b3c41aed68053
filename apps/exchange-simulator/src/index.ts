export { systemClock } from './clock.js';
export type { Clock, Timer } from './clock.js';
export type { FaultReport, SimulatorStatus } from './control-api.js';
export type { Fault, FaultKind, Feed, PlannedFault, RequestedFault } from './faults/fault.js';
export { parseScenario, ScenarioError } from './faults/scenario.js';
export type { Scenario, ScenarioProblem } from './faults/scenario.js';
export type { Log } from './log.js';
export { startSimulator } from './simulator.js';
export type { Simulator, SimulatorOptions } from './simulator.js';
