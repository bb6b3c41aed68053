import { describe, expect, it } from 'vitest';
import { chooseConfig } from './choose-config.js';

describe('chooseConfig', () => {
  it.each([
    [{}, false, { file: 'demo.yaml', demo: true }],
    [{}, true, { file: 'tapewatch.yaml', demo: false }],
    [{ demo: true }, true, { file: 'demo.yaml', demo: true }],
    [{ config: 'a.yaml' }, true, { file: 'a.yaml', demo: false }],
    [{ config: 'a.yaml', demo: true }, false, { file: 'a.yaml', demo: true }],
  ])('for %j, with a tapewatch.yaml: %s', (args, present, choice) => {
    expect(chooseConfig(args, 'demo.yaml', (file) => present && file === 'tapewatch.yaml')).toEqual(choice);
  });
});
