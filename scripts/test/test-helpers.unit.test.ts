/** A worker imports a helper once for all its test files, so a hook of the helper itself would run for the first file only. */
import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const folders = '{packages,services,tools,examples}/*,{console,scripts,deploy,bench,local}'
const helpers = globSync(`{${folders}}/test/**/*.ts`, { cwd: root }).concat(
  globSync(['system-tests/**/*.ts', 'packages/*testing/src/**/*.ts'], { cwd: root }),
)
const hook = /^(?:before|after)(?:All|Each)\(/mu

it('helpers of tests register hooks only when a test file calls them', () => {
  const own = helpers.filter((path) => !path.endsWith('.test.ts') && !path.includes('node_modules'))
  expect(own.length).toBeGreaterThan(100)
  expect(own.filter((path) => hook.test(readFileSync(resolve(root, path), 'utf8')))).toEqual([])
})
