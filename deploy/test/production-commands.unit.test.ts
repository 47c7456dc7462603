/** The commands that start Compose in production, as pages and files name them. */
import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { read, root } from './files.ts'

/** Pages whose commands start the demo. In production they would replace it, unless COMPOSE_FILE is set. */
const demo = ['console', 'dashboards', 'quickstart', 'tracing', 'troubleshooting', 'tutorials/break-it-and-mend-it']

/** The name of the demo, as in "With `docker compose up` …". */
const named = /`docker compose up`/g

const paths = ['deploy/compose.production.yml', 'deploy/src/secrets.ts', ...globSync('docs/**/*.md', { cwd: root })]
const starts = paths
  .filter((path) => !demo.some((page) => path === `docs/${page}.md`))
  .map((path) => ({
    path,
    commands:
      read(path)
        .replaceAll(named, '')
        .match(/docker compose [^`\n]*\bup\b[^`\n]*/g) ?? [],
  }))
  .filter(({ commands }) => commands.length > 0)

test('the commands that start Compose are found', () => {
  const places = ['deploy/compose.production.yml', 'deploy/src/secrets.ts', 'docs/secrets.md', 'docs/upgrade.md']
  expect(starts.map(({ path }) => path)).toEqual(expect.arrayContaining(places))
})

test.each(starts)(
  'Compose builds the current code, or keeps the containers, if started as in $path',
  ({ commands }) => {
    for (const command of commands) expect(command).toMatch(/ up --detach (--build|--no-recreate)\b/)
  },
)

test('the file .env of production is the same everywhere', () => {
  const variable = 'COMPOSE_FILE=docker-compose.yml:deploy/compose.production.yml'
  for (const path of ['deploy/compose.production.yml', 'deploy/src/secrets.ts', 'docs/secrets.md'])
    expect(read(path)).toContain(variable)
})
