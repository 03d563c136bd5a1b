import js from '@eslint/js';
import a11y from 'eslint-plugin-jsx-a11y';
import hooks from 'eslint-plugin-react-hooks';
import ts from 'typescript-eslint';

export default ts.config(
  js.configs.recommended,
  ...ts.configs.strict,
  a11y.flatConfigs.recommended,
  {
    plugins: { 'react-hooks': hooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      'jsx-a11y/no-autofocus': 'off', // a dialog puts the focus in its first field on purpose
      'max-lines': ['error', { max: 300 }],
    },
  },
  { files: ['src/api/openapi.ts'], rules: { 'max-lines': 'off' } }, // written by openapi.mjs
);
