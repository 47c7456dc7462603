import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { faultOf, openDatabase } from '@quadrille/postgres'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'

test('a certificate file that is missing for a moment fails statements, and not the process', async () => {
  const file = join(tmpdir(), `authority-${process.pid}.pem`)
  onTestFinished(() => rm(file, { force: true }))
  await writeFile(file, '')
  const url = new URL(inject('postgresUrl'))
  url.searchParams.set('sslrootcert', file)
  url.searchParams.set('sslmode', 'disable') // the driver reads the file nevertheless
  const database = openDatabase({ url: url.href, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  const select = () => database.query('select 1')
  await select()

  await rm(file)
  const broken = database.query('select pg_terminate_backend(pg_backend_pid())')
  const waiting = select().catch((error: unknown) => error) // the pool opens a connection for it when the other one is closed
  await expect(broken).rejects.toThrow('terminating connection')
  const error = await waiting
  expect(error).toEqual(expect.objectContaining({ code: 'ENOENT', path: file }))
  expect(faultOf(error)).toBe('unavailable')

  await writeFile(file, '')
  await waitFor(select)
})
