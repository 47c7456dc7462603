/** An instance that was stopped while Postgres sent it an answer which is larger than the buffers of the network. */
import { openDatabase } from '@quadrille/postgres'
import { createTestDatabase, proxyTo } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, it, onTestFinished } from 'vitest'

const rows = 1_000

it('loses its locks after the time limit of a statement', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  const proxy = await proxyTo(url)
  const options = { applicationName: 'test', onIdleError: () => undefined }
  const stopped = openDatabase({ ...options, url: proxy.url, statementTimeoutMs: 8_000, lateAnswerMs: 600_000 })
  const other = openDatabase({ ...options, url, planning: 'any' })
  onTestFinished(async () => {
    await proxy.close()
    await Promise.all([stopped.end(), other.end()])
    await drop()
  })
  await other.query(`create table book as select repeat('x', 65000) as text from generate_series(1, ${rows})`)
  const reading = stopped
    .transaction(async (sql) => {
      await sql.query('select from book limit 1')
      proxy.hold('to the client')
      await sql.query('select text from book for update')
    })
    .catch(String)
  const free = async () => (await other.query('select from book for update skip locked')).length
  await waitFor(async () => expect(await free()).toBeLessThan(rows))
  await waitFor(async () => expect(await free()).toBe(rows))
  proxy.release()
  expect(await reading).toMatch(/Connection terminated|ECONNRESET/)
})
