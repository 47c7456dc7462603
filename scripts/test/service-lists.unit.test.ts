/** A new service is listed in the model and in `local/src/definitions.ts`, which binds it to its definition. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { serviceNames } from '../../packages/events/src/index.ts'
import { linesOfLists } from '../service-lists/find.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The files that list all services, each with the reason. All others take the list from the model. */
const allowed: Readonly<Record<string, string>> = {
  'packages/events/src/choreography.ts': 'the model',
  'local/src/definitions.ts': 'binds each service to its definition',
  'deploy/postgres/databases.sh': 'made by `npm run compose`',
  'deploy/prometheus/prometheus.yml': 'made by `npm run compose`',
  'system-tests/histories/handlers.ts': 'the state of each service has a type of its own',
  'system-tests/histories/memory-world.ts': 'the state of each service is kept in memory',
  'tools/reconcile/test/lost-messages.int.test.ts': 'expects which messages each service gets again',
}

const listing = (pattern: string): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', pattern], { cwd: root })
    .toString()
    .split('\n')
    .filter(Boolean)

const files = ['*.ts', '*.mjs', '*.sh', '*.yml', '*.conf', 'Dockerfile'].flatMap(listing)

test('no other file lists all services', () => {
  const places = files
    .filter((file) => !(file in allowed))
    .flatMap((file) =>
      linesOfLists(readFileSync(`${root}${file}`, 'utf8'), serviceNames).map((line) => `${file}:${line}`),
    )
  expect(places).toEqual([])
})

test('every file that may list all services exists', () => {
  expect(Object.keys(allowed).filter((file) => !files.includes(file))).toEqual([])
})

test.each([
  ['an array', "const all = ['b', 'a', 'c'] as const"],
  ['an array over several lines', "const all = [\n  'a',\n  'b',\n  'c',\n]"],
  ['a union', "type All = 'a' | 'b' | 'c'"],
  ['the keys of an object', '\nconst urls = {\n  a: of(b),\n  b: of(c),\n  c: of(a),\n}'],
  ['a type', 'interface All {\n  readonly a: string\n  readonly b: string\n  readonly c?: string\n}'],
  ['destructuring', 'const { a, b, c } = all'],
  ['arguments', 'start(a, b, c)'],
  ['words of a shell script', 'for service in a b c; do'],
  ['imports', "import { a } from '@x/a'\nimport { d } from '@x/d'\nimport { b } from '@x/b'\nimport { c } from '@x/c'"],
])('%s is a list', (_, text) => {
  expect(linesOfLists(text, ['a', 'b', 'c'])).not.toEqual([])
})

test.each([
  ['some of the names', "const some = ['a', 'b', 'a']"],
  ['names in different expressions', 'start(a)\nstart(b)\nstart(c)'],
  ['names in rows of a table', "const routes = [['a', '/x'], ['b', '/y'], ['c', '/z']]"],
])('%s are not a list', (_, text) => {
  expect(linesOfLists(text, ['a', 'b', 'c'])).toEqual([])
})
