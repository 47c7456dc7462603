import { defineConfig } from 'vitest/config'

const testsNamed = (kind: string) => [
  `{packages,services}/*/test/**/*.${kind}.test.ts`,
  `{local,scripts,bench}/test/**/*.${kind}.test.ts`,
]

export default defineConfig({
  test: {
    projects: [{ test: { name: 'unit', include: testsNamed('unit') } }],
  },
})
