import { defineConfig, mergeConfig } from 'vitest/config';
import { base } from '../../vitest.base.mjs';

const config = mergeConfig(base, defineConfig({ test: { name: 'server', root: import.meta.dirname } }));
// Vitest hands these to Node as --conditions, where `import` would reach CommonJS too: Express' router would get the
// wrong half of a package that has both.
config.ssr = { resolve: { conditions: ['@tapewatch/source'] } };

export default config;
