/** docs/patterns.md names code, a command and a test for each pattern. docs.unit.test.ts checks its links. */
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { read } from './documents.ts'

const page = 'docs/patterns.md'
const [present = '', missing = ''] = read(page).split('\n## Missing\n')
const rowsOf = (text: string) =>
  [...text.matchAll(/^\| \*\*(.+?)\*\* \| (.+) \|$/gm)].map(([, pattern = '', cells = '']) => ({ pattern, cells }))
const rows = rowsOf(present)

test('the page lists patterns, and missing patterns', () => {
  expect(rows.length).toBeGreaterThanOrEqual(20)
  expect(rowsOf(missing).length).toBeGreaterThanOrEqual(10)
})

test.each(rows)('$pattern: its test exists, and its command, if it has one, is a script', ({ cells }) => {
  const [, , code = '', command = '', testLink = ''] = cells.split(/ \|(?= )/).map((cell) => cell.trim())
  expect(code).toMatch(/^(\[[\w.-]+\.ts\]\(\.\.\/[^)]+\.ts\)(, )?)+$/)
  const [, path = ''] = /^\[[\w.-]+\]\((.+\.test\.ts)\)$/.exec(testLink) ?? []
  expect(read(join(dirname(page), path))).toMatch(/expect|conformance\(/i)
  expect(command).toMatch(/^(`npm run [\w:]+( -- [\w-]+)?`)?$/)
})
