/** docs/configuration.md matches the schemas of the variables. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { configurationPage } from '../scripts/configuration/page.ts'

test('docs/configuration.md is up to date: run `npm run generate` if not', () => {
  expect(readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')).toBe(configurationPage())
})
