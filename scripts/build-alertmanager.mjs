// Builds a real Alertmanager and its amtool with Go, for the tests and benchmarks that hold Tapewatch against them.
// Prints the folder they are in; `--which` only says where amtool is, and fails when it has not been built.
import { buildModule } from './build-module.mjs';

await buildModule({
  what: 'Alertmanager',
  cache: 'alertmanager',
  module: 'github.com/prometheus/alertmanager',
  version: 'v0.34.0',
  packages: { amtool: './cmd/amtool', alertmanager: './cmd/alertmanager' },
  flags: ['-trimpath', '-tags', 'netgo', '-ldflags', '-s -w'],
  missing: ['ui/app/dist/index.html'],
  script: 'build-alertmanager.mjs',
});
