/** The lists of the rules contain exactly what the workspace contains. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { packageImports, serviceLayers } from '../dependencies/rules.ts'
import { shellFolders } from '../dependencies/shell-folders.ts'

test('each package has a rule', () => {
  const packages = readdirSync(new URL('../../packages', import.meta.url))
  expect(packages.toSorted()).toEqual(Object.keys(packageImports).toSorted())
})

test('each folder of the shell has a rule, and only its indexes are outside of a folder', () => {
  const entries = readdirSync(new URL('../../packages/service/src', import.meta.url))
  expect(entries.toSorted()).toEqual(
    [...Object.keys(shellFolders), 'index.ts', 'plain-server.ts', 'tools.ts'].toSorted(),
  )
})

test('the README of the shell lists its folders, from the inside out', () => {
  const readme = readFileSync(new URL('../../packages/service/README.md', import.meta.url), 'utf8')
  const [, table = ''] = readme.split('## Folders, from the inside out')
  expect([...table.matchAll(/^\| \[([\w-]+)\]\(/gm)].map(([, folder]) => folder)).toEqual(Object.keys(shellFolders))
})

test('each file and folder of a service belongs to a layer', () => {
  const services = new URL('../../services/', import.meta.url)
  const entries = readdirSync(services).flatMap((service) => readdirSync(new URL(`${service}/src`, services)))
  expect([...new Set(entries)].toSorted()).toEqual(serviceLayers.flat().toSorted())
})

test.each([
  ['a folder of the shell', shellFolders],
  ['a package', packageImports],
])('%s may import only those before it', (_, imports) => {
  const names = Object.keys(imports)
  for (const [index, name] of names.entries())
    expect(names.slice(0, index)).toEqual(expect.arrayContaining([...(imports[name] ?? [])]))
})
