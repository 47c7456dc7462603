/** Two starts on the same databases: one works, the other waits. */
import { startEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { expect, onTestFinished, test } from 'vitest'
import { main, newFolder, startIn, untilSaid } from './started.ts'

test('a second start on the same databases waits, and takes over when the first is killed', async () => {
  const postgres = await startEmbeddedPostgres({ directory: newFolder(), log: () => undefined })
  onTestFinished(() => postgres.stop())
  const env = { DATABASE_URL: postgres.url }
  const first = startIn(newFolder(), [main], env)
  await untilSaid(first, 'Quadrille is ready')
  const second = startIn(newFolder(), [main], env)
  await untilSaid(second, `quadrille_order is in use by quadrille process ${first.pid} on `)
  expect(second.output()).not.toContain('Quadrille is ready')
  first.child.kill('SIGKILL')
  await untilSaid(second, 'Quadrille is ready')
}, 90_000)
