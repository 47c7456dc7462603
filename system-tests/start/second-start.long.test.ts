/** Two starts on the same databases: the first runs, and the second waits. */
import { startEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { expect, onTestFinished, test } from 'vitest'
import { main, newFolder, startIn, untilPrinted } from './started.ts'

test('a second start on the same databases waits, and takes over when the first is killed', async () => {
  const postgres = await startEmbeddedPostgres({ directory: newFolder(), log: () => undefined })
  onTestFinished(() => postgres.stop())
  const env = { DATABASE_URL: postgres.url }
  const first = startIn(newFolder(), [main], env)
  await untilPrinted(first, 'Quadrille is ready')
  const second = startIn(newFolder(), [main], env)
  await untilPrinted(second, `quadrille_order is in use by quadrille process ${first.pid} on `)
  expect(second.output()).not.toContain('Quadrille is ready')
  first.child.kill('SIGKILL')
  await untilPrinted(second, 'Quadrille is ready')
})
