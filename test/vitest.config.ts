import { defineConfig, mergeConfig } from 'vitest/config';
import { base } from '../vitest.base.mjs';

export default mergeConfig(
  base,
  defineConfig({
    test: {
      name: 'test',
      root: import.meta.dirname,
      include: ['**/*.test.ts'],
      exclude: ['dist/**'],
      // Whole programs: one at a time, so that they do not take each other's processor.
      fileParallelism: false,
    },
  }),
);
