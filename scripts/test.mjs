// Runs every test of the workspace once, on the Node that runs this file (npm starts it on the pinned one), names what was
// skipped and why, and closes with `N passed, N failed, N skipped`. Arguments are vitest's: `npm test -- --project promql`.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseCLI, startVitest } from 'vitest/node';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Counts results as they are reported; the reasons of skipped tests are in no report that vitest writes to a file. */
class Count {
  passed = 0;
  failed = 0;
  skipped = [];
  broken = [];

  onTestCaseResult(testCase) {
    const { state } = testCase.result();
    if (state === 'passed') this.passed += 1;
    else if (state === 'failed') this.failed += 1;
  }

  onTestRunEnd(modules, unhandledErrors) {
    for (const module of modules) {
      for (const testCase of module.children.allTests()) this.#countSkipped(module, testCase);
      this.#countBroken(module);
    }
    for (const error of unhandledErrors) this.broken.push(`unhandled error: ${error.message}`);
  }

  #countSkipped(module, testCase) {
    const { state, note } = testCase.result();
    if (state === 'passed' || state === 'failed') return;
    const reason = note ?? (testCase.options.mode === 'todo' ? 'not written yet' : 'no reason given');
    this.skipped.push(`${nameOf(module)} > ${testCase.fullName}: ${reason}`);
  }

  /** A file or suite that fails before its tests run counts as one failure, or it would not be seen in the numbers. */
  #countBroken(module) {
    const faults = [module, ...module.children.allSuites()].flatMap((part) => part.errors());
    const tests = [...module.children.allTests('failed')].length;
    if (faults.length > 0) for (const fault of faults) this.broken.push(`${nameOf(module)}: ${fault.message}`);
    else if (module.state() === 'failed' && tests === 0) this.broken.push(`${nameOf(module)}: failed`);
  }
}

function nameOf(module) {
  return relative(root, module.moduleId);
}

function print(title, lines) {
  if (lines.length === 0) return;
  process.stdout.write(`\n${title}\n${lines.map((line) => `  ${line.replaceAll('\n', ' ')}\n`).join('')}`);
}

async function runTests(count) {
  const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
  const vitest = await startVitest('test', filter, {
    ...options,
    root,
    config: fileURLToPath(new URL('../vitest.config.mjs', import.meta.url)),
    run: true,
    watch: false,
    reporters: ['default', count],
  });
  await vitest?.close();
}

const count = new Count();
try {
  await runTests(count);
} catch (error) {
  count.broken.push(`the run: ${error.message}`);
}
print('Skipped:', count.skipped);
print('Failed outside of a test:', count.broken);
const failed = count.failed + count.broken.length;
/** For a machine that has everything: there a skipped test is a fault. */
const skippedTooMuch = process.env.TAPEWATCH_TEST_NO_SKIP === '1' && count.skipped.length > 0;
if (skippedTooMuch) process.stdout.write('\nNothing may be skipped here (TAPEWATCH_TEST_NO_SKIP=1).\n');
process.stdout.write(`\n${count.passed} passed, ${failed} failed, ${count.skipped.length} skipped\n`);
// A run that could not be made whole must not pass: vitest sets the code for what it saw besides.
process.exit(failed > 0 || skippedTooMuch || (process.exitCode ?? 0) !== 0 ? 1 : 0);
