/** docs/configuration.md says what the schemas of the variables say. */
import { expect, test } from 'vitest'
import { configurationPage } from '../scripts/configuration/page.ts'
import { read } from './documents.ts'

test('the page is the one in the repository: run `npm run configuration` if not', () => {
  expect(read('docs/configuration.md')).toBe(configurationPage())
})
