import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from './secret.js';

describe('Secret', () => {
  it('shows itself only when asked', () => {
    const secret = new Secret('hunter2');
    expect(`${String(secret)} ${JSON.stringify({ secret })} ${inspect(secret)}`).not.toContain('hunter2');
    expect(secret.reveal()).toBe('hunter2');
  });

  it('hides itself in what others say, also percent-encoded and without the line break of its file', () => {
    const secret = new Secret('a/b:c\n');
    expect(secret.hideIn('at /bota/b:c/x and /bota%2Fb%3Ac/x')).toBe('at /bot***/x and /bot***/x');
    expect(new Secret(' ').hideIn('a b')).toBe('a b');
  });
});
