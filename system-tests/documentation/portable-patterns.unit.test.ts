/** Clients compile the published regular expressions in their own language. */
import { globSync } from 'node:fs'
import { shop } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { asyncApiDocument } from '@quadrille/messages/generate'
import { describeService, openApi } from '@quadrille/service/tools'
import { expect, it } from 'vitest'
import { read, root } from './documents.ts'
import { patterns } from './schema-documents.ts'

const folder = 'packages/events/schemas'

const documents = [
  ...globSync('*/*.json', { cwd: `${root}${folder}` }).map((path) => ({
    name: path,
    document: JSON.parse(read(`${folder}/${path}`)),
  })),
  { name: 'the AsyncAPI document', document: asyncApiDocument(shop, '1.0.0') },
  ...Object.entries(definitions).map(([name, definition]) => ({
    name: `the OpenAPI document of ${name}`,
    document: openApi(name, definition.apply(describeService).routes),
  })),
]

const compilesWith = (flags: string) => (pattern: string) => {
  try {
    return new RegExp(pattern, flags) !== null
  } catch {
    return false
  }
}

/** Neither lookaround nor named groups, and of the escapes only digits, hexadecimal codes and punctuation. */
const isPortable = (pattern: string): boolean =>
  !/\(\?(?!:)|\\(?!d|x[0-9a-f]{2}|[^\sA-Za-z0-9])/.test(pattern) &&
  ['', 'u'].every((flags) => compilesWith(flags)(pattern))

it.each(documents)('$name has only patterns that each language can compile', ({ document }) => {
  expect(patterns(document).filter((pattern) => !isPortable(pattern))).toEqual([])
})

it('finds the patterns', () => {
  for (const { name, document } of documents.slice(-5)) expect(patterns(document).length, name).toBeGreaterThan(5)
})

it.each(['^[^\\p{Cc}]*$', '^(?!ff)..$', '(?<=a)b', '(?<year>\\d{4})', '^\\u200C$', '\\bword', '[', '^{a}$'])(
  'a pattern like %s would be reported',
  (pattern) => {
    expect(isPortable(pattern)).toBe(false)
  },
)
