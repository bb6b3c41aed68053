import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      'libs/*/vitest.config.ts',
      'plugins/*/vitest.config.ts',
      'apps/*/vitest.config.ts',
      'examples/plugins/*/vitest.config.ts',
      'test/vitest.config.ts',
    ],
  },
});
