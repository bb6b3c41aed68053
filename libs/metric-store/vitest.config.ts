import { defineConfig, mergeConfig } from 'vitest/config';
import { base } from '../../vitest.base.mjs';

export default mergeConfig(base, defineConfig({ test: { name: 'metric-store', root: import.meta.dirname } }));
