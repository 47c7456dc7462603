/** docs/dependencies.md lists exactly the dependencies of all package.json files, with a reason for each. */
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

type Versions = Readonly<Record<string, string>>

interface Manifest {
  readonly dependencies?: Versions
  readonly devDependencies?: Versions
  readonly optionalDependencies?: Versions
}

const manifests = globSync(
  [
    'package.json',
    '{packages,services,tools,examples}/*/package.json',
    '{console,local,deploy,bench,bench/peers,system-tests}/package.json',
  ],
  {
    cwd: root.pathname,
  },
)

/** Packages of this workspace are excluded. The workspace of the peers links them. */
const foreign = (versions: Versions = {}): string[] =>
  Object.keys(versions).filter((name) => !/^(workspace|link):/.test(versions[name] ?? ''))

const needed = manifests.flatMap((path) => {
  const { dependencies, devDependencies, optionalDependencies }: Manifest = JSON.parse(read(path))
  return [dependencies, devDependencies, optionalDependencies].flatMap(foreign)
})

/** The rows of the tables: packages, their use, and the reason not to write our own. */
const rows = read('docs/dependencies.md')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| package '))
  .map((line) => line.split('|').map((cell) => cell.trim()))

test('every dependency is listed, and nothing else', () => {
  expect(manifests.length).toBeGreaterThan(10)
  const listed = rows.flatMap(([, packages = '']) => packages.split(', '))
  expect(listed.toSorted()).toEqual([...new Set(needed)].toSorted())
})

test.each(rows)('%s%s has a use and a reason', (...[, , use, reason]) => {
  expect(use).toMatch(/\w/)
  expect(reason).toMatch(/\w/)
})
