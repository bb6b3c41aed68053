import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the things stand that come with the program. */
export interface Workspace {
  readonly demoConfig: string;
  readonly demoScenario: string;
  /** The built simulator. */
  readonly simulatorModule: string;
  readonly shippedRulesDir: string;
  readonly runbooksDir: string;
}

export function findWorkspace(): Workspace {
  const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
  return {
    demoConfig: at('config/demo.yaml'),
    demoScenario: at('config/demo-scenario.yaml'),
    simulatorModule: at('apps/exchange-simulator/dist/main.js'),
    shippedRulesDir: at('config/rules'),
    runbooksDir: at('docs/runbooks'),
  };
}

export function programVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  const content: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  const version = typeof content === 'object' && content !== null && 'version' in content ? content.version : undefined;
  return typeof version === 'string' ? version : '0.0.0';
}
