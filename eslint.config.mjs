import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Who may import whom; docs/adr/0001-boundaries.md says why. Type-level rules that tests may break are lifted for tests alone. */
const layers = [
  { sourceTag: 'layer:model', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'layer:sdk', onlyDependOnLibsWithTags: ['layer:model'] },
  { sourceTag: 'layer:base', onlyDependOnLibsWithTags: ['layer:model'] },
  { sourceTag: 'layer:stage', onlyDependOnLibsWithTags: ['layer:model', 'layer:sdk', 'layer:base'] },
  { sourceTag: 'layer:plugin', onlyDependOnLibsWithTags: ['layer:model', 'layer:sdk', 'layer:base'] },
  {
    sourceTag: 'layer:assembly',
    onlyDependOnLibsWithTags: ['layer:model', 'layer:sdk', 'layer:base', 'layer:stage', 'layer:plugin'],
  },
  { sourceTag: 'layer:server', onlyDependOnLibsWithTags: ['layer:model', 'layer:base', 'layer:assembly'] },
  { sourceTag: 'layer:app', onlyDependOnLibsWithTags: ['layer:model', 'layer:base', 'layer:assembly', 'layer:server'] },
  {
    sourceTag: 'layer:test',
    onlyDependOnLibsWithTags: ['layer:model', 'layer:sdk', 'layer:base', 'layer:assembly', 'layer:server'],
  },
  { sourceTag: 'layer:alone', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'layer:example', onlyDependOnLibsWithTags: ['layer:sdk'] },
];

const nest = ['@nestjs/*', 'graphql', 'graphql-ws', '@apollo/*'];
const otelSdk = [
  '@opentelemetry/sdk-*',
  '@opentelemetry/resources',
  '@opentelemetry/exporter-*',
  '@opentelemetry/host-metrics',
];

/** Which heavy libraries live in one room only. */
const runtimes = [
  { sourceTag: 'runtime:plain', bannedExternalImports: [...nest, ...otelSdk, 'ccxt'] },
  { sourceTag: 'runtime:nest', bannedExternalImports: [...otelSdk, 'ccxt'] },
  { sourceTag: 'runtime:otel-sdk', bannedExternalImports: [...nest, 'ccxt'] },
  { sourceTag: 'runtime:ccxt', bannedExternalImports: [...nest, ...otelSdk] },
  // A test drives real clients of everything.
  { sourceTag: 'runtime:any', bannedExternalImports: [] },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '**/vitest.config.ts'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-empty-function': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'List every export by name.' },
        { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
      ],
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**', 'test/**'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: [],
          enforceBuildableLibDependency: true,
          banTransitiveDependencies: false,
          depConstraints: [...layers, ...runtimes],
        },
      ],
    },
  },
  {
    // GraphQL's enums are made from TypeScript's in a code-first schema.
    files: ['apps/server/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', { selector: 'ExportAllDeclaration', message: 'List every export by name.' }],
    },
  },
  {
    files: ['**/*.test.ts', '**/testing/**/*.ts', 'test/**/*.ts'],
    rules: { '@typescript-eslint/unbound-method': 'off', '@typescript-eslint/require-await': 'off' },
  },
);
