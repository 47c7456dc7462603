/** The advice in the log while a start waits for Postgres. */
import { openDatabase } from '@quadrille/postgres'
import { pino } from 'pino'
import { expect, inject, onTestFinished, test } from 'vitest'
import { retryWhileUnreachable } from '../../src/runtime/storage.ts'

/** Runs the statement until it is logged that the start waits. Returns the advice. */
const adviceWhile = async (url: string, statement: string): Promise<unknown> => {
  const stopping = new AbortController()
  const lines: string[] = []
  const write = (line: string) => {
    lines.push(line)
    stopping.abort()
  }
  const log = pino({}, { write })
  const database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  const reached = retryWhileUnreachable({ config: { MIGRATE: 'on' }, log, signal: stopping.signal }, () =>
    database.query(statement),
  )
  await expect(reached).rejects.toThrow()
  return JSON.parse(lines.join('')).advice
}

test.each([
  ['another session changes the same grant', 'XX000'],
  ['the disk is full', '53100'],
  ['the server is a standby', '25006'],
])('is not to start Postgres if %s', async (_cause, code) => {
  const url = inject('postgresUrl')
  expect(await adviceWhile(url, `do $$ begin raise sqlstate '${code}'; end $$`)).toBeUndefined()
})

test('is to end the session if it holds a lock', async () => {
  const url = inject('postgresUrl')
  expect(await adviceWhile(url, "do $$ begin raise sqlstate '55P03'; end $$")).toContain('end the session')
})

test('is to raise the limit if the role has too many connections', async () => {
  const url = inject('postgresUrl')
  expect(await adviceWhile(url, "do $$ begin raise sqlstate '53300'; end $$")).toContain('raise the connection limit')
})

test('is to start Postgres if it cannot be reached', async () => {
  expect(await adviceWhile('postgres://127.0.0.1:1/none', 'select')).toContain('start Postgres')
})
