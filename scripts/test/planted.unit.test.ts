import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { plantedBugs } from '../planted/bugs.ts'
import { edited } from '../planted/copy.ts'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

describe('a planted bug', () => {
  it.each(plantedBugs.map((bug) => [bug.name, bug] as const))('can be planted: %s', (_, { edits, check }) => {
    const texts = new Map(edits.map(({ file }) => [file, read(file)]))
    for (const edit of edits) texts.set(edit.file, edited(texts.get(edit.file) ?? '', edit))
    for (const [file, text] of texts) expect(text).not.toBe(read(file))
    expect(check.file).toMatch(/^[\w/.-]+$/)
  })

  it('that no longer fits the code is refused', () => {
    const edit = { file: 'a.ts', find: 'x', replace: 'y' }
    expect(edited('a x b', edit)).toBe('a y b')
    expect(() => edited('a b', edit)).toThrow('0 times, not once')
    expect(() => edited('x x', edit)).toThrow('2 times, not once')
  })
})
