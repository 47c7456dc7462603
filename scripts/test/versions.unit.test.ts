/** A release has one version: docs/release.md says how to set it. */
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { version } from '../../packages/service/src/http/version.ts'

const root = new URL('../../', import.meta.url)
const versionOf = (path: string): string => JSON.parse(readFileSync(new URL(path, root), 'utf8')).version

const manifests = globSync('{*/,{packages,services,tools,examples}/*/}package.json', { cwd: root.pathname })

test('the manifests of the workspace are found', () => {
  expect(manifests.length).toBeGreaterThan(25)
})

test.each(manifests)('%s has the version of the root', (path) => {
  expect(versionOf(path)).toBe(versionOf('package.json'))
})

test('the documents of the HTTP interfaces and of the events have it too', () => {
  expect(version).toBe(versionOf('package.json'))
})
