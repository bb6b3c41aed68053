export { runProgram } from './program.js';
export type { ProgramOptions } from './program.js';
