import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const barrel = {
  name: '@cdktf/provider-aws',
  message: 'Import @cdktf/provider-aws/lib/<resource>: the barrel costs 10 s and 1.4 GB a synth.',
};
/** Forbids imports of other houses: what both sides must agree on is declared in contract/. */
const apartFrom = (...folders) => ({
  'no-restricted-imports': [
    'error',
    {
      paths: [barrel],
      patterns: folders.map((folder) => ({
        group: [`**/${folder}/**`],
        message: `What ${folder}/ shares is declared in contract/.`,
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
  { files: ['constructs/**/*.ts'], rules: apartFrom('lambdas', 'local', 'scripts') },
  { files: ['lambdas/**/*.ts'], rules: apartFrom('constructs', 'local', 'scripts') },
  { files: ['contract/**/*.ts'], rules: apartFrom('constructs', 'lambdas', 'local', 'scripts') },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: { module: 'writable', require: 'readonly', process: 'readonly', __dirname: 'readonly' },
    },
  },
  prettier,
);
