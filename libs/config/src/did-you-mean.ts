import { closest, distance } from 'fastest-levenshtein';

const longestCompared = 64;

/** `Did you mean "x"?` when a candidate is near enough to be a slip of the keyboard. */
export function didYouMean(text: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0 || text === '' || text.length > longestCompared) return undefined;
  const lower = text.toLowerCase();
  const best = closest(
    lower,
    candidates.map((candidate) => candidate.toLowerCase()),
  );
  const allowedSlips = text.length < 3 ? 1 : Math.max(2, Math.floor(text.length / 3)); // two neighbours swapped are two slips
  if (distance(lower, best) > allowedSlips) return undefined;
  return `Did you mean "${candidates.find((candidate) => candidate.toLowerCase() === best) ?? best}"?`;
}
