/** Checks the wording of pages, comments, messages and test names, and the length of pages. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { findingsIn } from './prose/check.ts'
import { sentencesOfMarkdown, sentencesOfTypeScript, wordsIn } from './prose/sentences.ts'

const root = new URL('../../', import.meta.url).pathname
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const filesOf = (patterns: readonly string[]): string[] =>
  patterns.flatMap((pattern) => globSync(pattern, { cwd: root, exclude: ['**/node_modules', '**/dist'] })).toSorted()

const pages = filesOf(['*.md', 'bench/**/*.md', 'docs/**/*.md', 'examples/**/*.md'])

const folders = 'bench,console,deploy,examples,local,packages,scripts,services,system-tests,tools'

/** Exempt, because they quote the sources that planted bugs change, or the habits themselves. */
const exempt = ['tools/planted/src/bugs/', 'system-tests/histories/planted-bugs.ts', 'scripts/test/prose']

/** Sources whose comments, texts and test names are checked for habits. */
const sources = filesOf(['*.{ts,mjs}', `{${folders}}/**/*.{ts,tsx,mjs}`]).filter(
  (path) => !exempt.some((prefix) => path.startsWith(prefix)),
)

/** Pages in which readers look up one entry. They may be longer than pages that are read from top to bottom. */
const references = [
  'CHANGELOG.md',
  'bench/README.md',
  'docs/alerts.md',
  'docs/configuration.md',
  'docs/dependencies.md',
  'docs/patterns.md',
  'docs/performance.md',
]
const isReference = (path: string): boolean => references.includes(path) || path.startsWith('docs/reference/')

test.each(pages)('%s is written in plain sentences', (path) => {
  expect(findingsIn(sentencesOfMarkdown(read(path)), { boundsLength: true })).toEqual([])
})

test.each(sources)('%s has plain comments and messages', (path) => {
  expect(findingsIn(sentencesOfTypeScript(read(path)), { boundsLength: false })).toEqual([])
})

/** The tables and captions that `npm run patterns` writes, whose length varies. */
const figures = /<!-- The figures: .+?<!-- End of the figures. -->/s

test.each(pages.filter((path) => !isReference(path)))('%s has at most 1,000 words', (path) => {
  expect(wordsIn(sentencesOfMarkdown(read(path).replace(figures, '')).join(' '))).toBeLessThanOrEqual(1_000)
})

describe('the check', () => {
  const findings = (text: string) => findingsIn(sentencesOfMarkdown(text), { boundsLength: true })

  it.each([
    'Nobody consumes it.',
    'The queue is kept for whoever needs it.',
    'What is in the queue waits.',
    'It is tried anew. It works.',
    'After so many messages it stops.',
    'For so long, it is tried again.',
    '- an item\n- it is no failure',
    '| cell | the service says which |',
    'The first clause begins here and *then* the second one follows, and so on, and so on, and so on, and so on, and so on, and so on, and so on, and so on, and so on, and so on, until the end.',
  ])('finds: %s', (text) => {
    expect(findings(text)).toHaveLength(1)
  })

  it.each([
    'The service is no longer there.',
    'There is no order with this id.',
    'It takes so many messages that others wait for so long that they expire. Refusals are rare, so few are read.',
    'What does it cost?',
    'It prints `nobody consumes it`.',
    '```sh\necho nobody\n```',
    'Two sentences stand here, and each of them has fewer words than the limit that is set for one. Two sentences stand here, and each of them has fewer words than the limit that is set for one.',
  ])('accepts: %s', (text) => {
    expect(findings(text)).toEqual([])
  })

  it('reads the comments and the messages of a source', () => {
    const source = `/** Nobody\n * reads it. */\nlog('it is in vain to try', 'anew') // tried anew here\nconst url = 'http://x'`
    expect(findingsIn(sentencesOfTypeScript(source), { boundsLength: false })).toHaveLength(3)
  })
})
