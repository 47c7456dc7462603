/** docs/configuration.md matches the schemas of the variables. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { configurationPage } from '../scripts/configuration/page.ts'

test('the page is the one in the repository: run `npm run configuration` if not', () => {
  expect(readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')).toBe(configurationPage())
})
