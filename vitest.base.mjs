import { defineConfig } from 'vitest/config';

/** Shared by every project: tests read the TypeScript sources of the workspace, so no build is needed before them. */
export const base = defineConfig({
  resolve: { conditions: ['@tapewatch/source'], alias: { graphql: 'graphql/index.js' } },
  // Nothing but ours: these conditions reach Node itself, where `import` would break packages that are required.
  ssr: { resolve: { conditions: ['@tapewatch/source'] } },
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
    testTimeout: 20_000,
    passWithNoTests: true,
  },
});
