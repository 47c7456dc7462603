import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Check } from '../src/bug.ts'
import { plantedBugs } from '../src/bugs.ts'
import { applyEdit } from '../src/copy.ts'
import { chosenBugs } from '../src/options.ts'
import { faultOf, verdictOn } from '../src/verdict.ts'
import type { TestResult } from '../src/vitest.ts'

const read = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')

describe('a planted bug', () => {
  it.each(plantedBugs.map((bug) => [bug.name, bug] as const))('can be planted: %s', (_, { edits, file }) => {
    const texts = new Map(edits.map((edit) => [edit.file, read(edit.file)]))
    for (const edit of edits) texts.set(edit.file, applyEdit(texts.get(edit.file) ?? '', edit))
    for (const [path, text] of texts) expect(text).not.toBe(read(path))
    expect(read(file)).toContain("from 'vitest'")
    expect(file).toMatch(/\.(unit|int|long)\.test\.ts$/)
  })

  it('is rejected if it no longer matches the code', () => {
    const edit = { file: 'a.ts', find: 'x', replace: 'y' }
    expect(applyEdit('a x b', edit)).toBe('a y b')
    expect(() => applyEdit('a b', edit)).toThrow('0 times, not once')
    expect(() => applyEdit('x x', edit)).toThrow('2 times, not once')
  })
})

const check: Check = { file: 'a.unit.test.ts', test: 'sells once', failure: 'expected 2 to be 1' }
const result = (details: Partial<TestResult> = {}): TestResult => ({
  ...{ file: check.file, name: 'stock sells once', status: 'failed', message: 'AssertionError: expected 2 to be 1' },
  ...details,
})
const passed = result({ status: 'passed', message: '' })

describe('a check', () => {
  it('is usable if its test passes without the bug', () => {
    expect(faultOf(check, [passed])).toBeNull()
  })

  it.each([
    ['fails without the bug', [result()], '“stock sells once” failed: AssertionError: expected 2 to be 1'],
    ['is in a file in which another test fails', [passed, result({ name: 'other' })], '“other” failed'],
    ['is in a file that cannot be loaded', [passed, result({ name: '', message: 'SyntaxError' })], 'SyntaxError'],
    ['does not run', [result({ name: 'other', status: 'passed' })], 'has no test “sells once”'],
    ['is in another file', [{ ...passed, file: 'b.unit.test.ts' }], 'has no test “sells once”'],
  ])('is not usable if it %s', (_, results, fault) => {
    expect(faultOf(check, results)).toContain(fault)
  })
})

describe('a bug is', () => {
  it('caught if its named test fails with the named failure', () => {
    expect(verdictOn(check, [passed, result()])).toEqual({
      caught: true,
      why: 'by “stock sells once”: expected 2 to be 1',
    })
  })

  it.each([
    ['the test passes', [passed], 'passes'],
    ['nothing ran', [], 'did not run'],
    ['the test fails in another way', [result({ message: 'Error: port taken' })], 'Error: port taken'],
    ['another test fails', [result({ name: 'other' })], '“other” failed'],
    [
      'the file cannot be loaded',
      [result({ name: '', message: 'SyntaxError' })],
      '“a.unit.test.ts” failed: SyntaxError',
    ],
  ])('missed if %s', (_, results, why) => {
    expect(verdictOn(check, results)).toMatchObject({ caught: false, why: expect.stringContaining(why) })
  })
})

describe('the options', () => {
  const bugs = ['Lose it', 'double it'].map((name) => ({ name, edits: [], ...check }))
  const names = (...args: string[]) => chosenBugs(args, bugs)?.bugs.map(({ name }) => name)

  it('select all bugs, or those with a text in their names', () => {
    expect(names()).toEqual(['Lose it', 'double it'])
    expect(names('--only', 'DOUBLE')).toEqual(['double it'])
    expect(names('--help')).toBeUndefined()
  })

  it('divide all bugs into parts', () => {
    expect([names('--part', '1/2'), names('--part', '2/2')]).toEqual([['Lose it'], ['double it']])
    expect(chosenBugs(['--part', '1/2'], bugs)?.by).toBe('--part 1/2')
  })

  it.each([
    [['--only', 'triple'], /“triple”.*\n {2}Lose it\n {2}double it$/],
    [['--onyl', 'it'], /Unknown option '--onyl'/],
    [['it'], /Unexpected argument 'it'/],
    [['--part', '3/2'], /--part must have the form I\/N, such as 2\/4, not "3\/2"/],
    [['--only', 'it', '--part', '1/2'], /exclude each other/],
  ])('are rejected if they are invalid: %j', (args, reason) => {
    expect(() => chosenBugs(args, bugs)).toThrow(reason)
  })
})
