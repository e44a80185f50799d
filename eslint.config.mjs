import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const barrel = {
  name: '@cdktf/provider-aws',
  message: 'Import @cdktf/provider-aws/lib/<resource>: the barrel costs 10 s and 1.4 GB a synth.',
};
/** Forbids imports of other rooms but by their doors; a test, `doors.test.ts`, walks what no rule sees. */
const apartFrom = (...rooms) => ({
  'no-restricted-imports': [
    'error',
    {
      paths: [barrel],
      patterns: [...rooms, 'main(\\.ts)?$', '__tests__/', 'docs/'].map((room) => ({
        regex: `^(\\.\\./)+${room}`,
        message: 'Another room: what both must agree on is declared in contract/, and packages have exports.',
      })),
    },
  ],
});

export default tseslint.config(
  { ignores: ['cdktf.out/', 'coverage/', 'node_modules/'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.js'] } } },
    rules: {
      'import-x/no-cycle': 'error',
      'no-restricted-imports': ['error', { paths: [barrel] }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
    },
  },
  { files: ['contract/**'], rules: apartFrom('constructs/', 'lambdas/', 'emulator/', 'operator/') },
  { files: ['constructs/**'], rules: apartFrom('lambdas/', 'emulator/', 'operator/') },
  { files: ['lambdas/**'], rules: apartFrom('constructs/', 'emulator/', 'operator/') },
  {
    files: ['emulator/**'],
    ignores: ['**/__tests__/**'],
    rules: apartFrom('contract/', 'constructs/', 'lambdas/', 'operator/'),
  },
  {
    files: ['operator/**'],
    ignores: ['**/__tests__/**'],
    rules: apartFrom('constructs/(?!config/)', 'lambdas/', 'emulator/'),
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: { module: 'writable', require: 'readonly', process: 'readonly', __dirname: 'readonly' },
    },
  },
  prettier,
);
