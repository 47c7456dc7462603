/** The pictures of the documents are those that `npm run screenshots` makes. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesOf, pictures } from '../screenshots/pictures.ts'
import { markdown, read, root } from './documents.ts'

const folder = 'docs/pictures'
const made = pictures.flatMap(filesOf)

/** The pictures of a page, with their alternative texts. */
const shownOn = (page: string) =>
  [...read(page).matchAll(/!\[([^\]]*)\]\([^)]*pictures\/([^)]+)\)|(?:src|srcset)="[^"]*pictures\/([^"]+)"/g)].map(
    ([, alt, file, inHtml]) => ({ alt, file: file ?? inHtml ?? '' }),
  )

const shown = markdown.flatMap(shownOn)

test('each picture that a page shows is made by the command, and each that it makes is shown', () => {
  expect([...new Set(shown.map(({ file }) => file))].toSorted()).toEqual(made.toSorted())
  expect(readdirSync(join(root, folder)).toSorted()).toEqual(made.toSorted())
})

test('each is described in words, for those who cannot see it', () => {
  for (const { alt, file } of shown) if (alt !== undefined) expect(alt, file).toMatch(/^.{20,}$/)
  for (const page of markdown) {
    const images = [...read(page).matchAll(/<img [^>]*pictures\/[^>]*>/g)].map(([image]) => image)
    for (const image of images) expect(image).toMatch(/alt="[^"]{20,}"/)
  }
})

test.each(made)('%s is small', (file) => {
  expect(statSync(join(root, folder, file)).size).toBeLessThan(150_000)
})
