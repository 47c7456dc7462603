/** The commands for production that pages and files name. */
import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { read, root } from './files.ts'

const starts = ['deploy/compose.production.yml', 'deploy/src/secrets.ts', ...globSync('docs/**/*.md', { cwd: root })]
  .map((path) => ({ path, commands: read(path).match(/docker compose -f .* up\b.*/g) ?? [] }))
  .filter(({ commands }) => commands.length > 0)

test('the commands that start Compose are found', () => {
  const places = ['deploy/compose.production.yml', 'deploy/src/secrets.ts', 'docs/secrets.md', 'docs/upgrade.md']
  expect(starts.map(({ path }) => path).toSorted()).toEqual(places)
})

test.each(starts)('Compose builds the current code if started as in $path', ({ commands }) => {
  for (const command of commands) expect(command).toMatch(/ up --detach --build\b/)
})
