/** docs/README.md lists each page once, under its task. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { markdown, read } from './documents.ts'

const index = 'docs/README.md'
const rows = [...read(index).matchAll(/^\| (.+?) \| \[(.+?)\]\(([^)#]+)\) \|$/gm)].map(
  ([, task = '', title = '', link = '']) => ({
    task,
    title,
    page: join('docs', link),
  }),
)

/** Not the decisions, which have a page that lists them. */
const pages = markdown.filter(
  (path) => /^docs\/(\w[\w-]*|(tutorials|reference)\/[\w-]+|adr\/README)\.md$/.test(path) && path !== index,
)

test('each page is listed once', () => {
  expect(rows.map(({ page }) => page).toSorted()).toEqual(pages.toSorted())
})

test('no two pages have the same task or title', () => {
  for (const texts of [rows.map(({ task }) => task), rows.map(({ title }) => title)])
    expect(texts.filter((text, at) => texts.indexOf(text) !== at)).toEqual([])
})

test('each row of the page is read', () => {
  const lines = read(index).split('\n')
  expect(rows).toHaveLength(lines.filter((line) => line.includes('](') && line.startsWith('|')).length)
})
