import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPath, parsePath } from './path.js';

describe('parsePath', () => {
  it('reads what formatPath writes', () => {
    const key = fc.oneof(fc.nat(), fc.string(), fc.constantFrom('x.y', 'a"]b', '0', '', 'stale_after', '[1]'));
    fc.assert(
      fc.property(fc.array(key), (path) => {
        expect(parsePath(formatPath(path))).toEqual(path);
      }),
    );
  });
});
