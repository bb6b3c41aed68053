// Builds a real Prometheus and its promtool with Go, for the tests and benchmarks that hold Tapewatch against them.
// Prints the folder they are in; `--which` only says where Prometheus is, and fails when it has not been built.
import { buildModule } from './build-module.mjs';

await buildModule({
  what: 'Prometheus',
  cache: 'prometheus',
  module: 'github.com/prometheus/prometheus',
  /** Prometheus 3.14; the module's versions count from 0.300. */
  version: 'v0.314.0',
  packages: { prometheus: './cmd/prometheus', promtool: './cmd/promtool' },
  /** Nothing is discovered, and pages are not looked at. */
  flags: ['-trimpath', '-tags', 'netgo,remove_all_sd', '-ldflags', '-s -w'],
  script: 'build-prometheus.mjs',
});
