import { formatDuration } from '@tapewatch/model';
import type { ExpectedSample, RuleTestFailure, RuleTestFileResult } from '@tapewatch/pipeline';

/** For programs: everything that the text says. Times as durations, numbers that JSON lacks as text. */
export function resultAsJson({
  file,
  problems,
  unmatched,
  tests,
}: RuleTestFileResult): Readonly<Record<string, unknown>> {
  return {
    file,
    ok: problems.length === 0 && tests.every(({ failures }) => failures.length === 0),
    problems,
    unmatched,
    tests: tests.map(({ name, place, failures }) => ({
      name,
      place,
      ok: failures.length === 0,
      failures: failures.map(failureAsJson),
    })),
  };
}

function failureAsJson(failure: RuleTestFailure): Readonly<Record<string, unknown>> {
  const { timeMs, ...rest } = failure;
  const common = { ...rest, time: formatDuration(timeMs) };
  if (failure.kind !== 'expression') return common;
  return { ...common, expected: failure.expected.map(sampleAsJson), got: failure.got.map(sampleAsJson) };
}

function sampleAsJson({ labels, value }: ExpectedSample): Readonly<Record<string, unknown>> {
  return { labels, value: Number.isFinite(value) ? value : String(value) };
}
