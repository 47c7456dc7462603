/** docs/reference matches the definitions. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { referencePages } from '../scripts/reference/pages.ts'

test.each([...referencePages()])('docs/reference/%s is up to date: run `npm run generate` if not', (name, text) => {
  expect(readFileSync(new URL(`../../docs/reference/${name}`, import.meta.url), 'utf8')).toBe(text)
})
