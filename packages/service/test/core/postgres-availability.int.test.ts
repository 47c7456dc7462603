import { type Database, openDatabase } from '@quadrille/postgres'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { createPostgresAvailability } from '../../src/core/postgres-availability.ts'

/** Work that fails with these SQLSTATEs, one after the other, and then succeeds. */
const failingWith = (...codes: string[]) => {
  const left = [...codes]
  return async () => {
    const code = left.shift()
    if (code) await database.query(`do $$ begin raise exception 'met ${code}' using errcode = '${code}'; end $$`)
    return 'done'
  }
}

let database: Database
beforeAll(() => {
  database = openDatabase({ url: inject('postgresUrl'), applicationName: 'test', max: 1, onIdleError: () => undefined })
})
afterAll(() => database.end())

const availability = () => createPostgresAvailability({ signal: new AbortController().signal, random: () => 0 })
const deadlock = '40P01'

describe('failing work', () => {
  it('is repeated after an outage, and after a conflict', async () => {
    expect(await availability().retryWhileUnavailable(failingWith('57P01', deadlock, '08006', '28P01', '40001'))).toBe(
      'done',
    )
  })

  it('waits for a lock of another session, which is not an outage', async () => {
    const calm = availability()
    expect(await calm.retryWhileUnavailable(failingWith(...Array(20).fill('55P03')))).toBe('done')
    expect(calm.availableForMs()).toBe(Number.POSITIVE_INFINITY)
  })

  it('fails if it has only conflicts', async () => {
    expect(await availability().retryWhileUnavailable(failingWith(...Array(7).fill(deadlock)))).toBe('done')
    await expect(availability().retryWhileUnavailable(failingWith(...Array(8).fill(deadlock)))).rejects.toThrow(
      'met 40P01',
    )
  })

  it('fails at once for errors of the work itself', async () => {
    await expect(availability().retryWhileUnavailable(failingWith('22012'))).rejects.toThrow('met 22012')
  })

  it('counts only an unavailable Postgres, or a missing right, as an outage', async () => {
    const calm = availability()
    await calm.retryWhileUnavailable(failingWith(deadlock, '55P03', '57014')) // nor is a held lock or a cancelled statement
    expect(calm.availableForMs()).toBe(Number.POSITIVE_INFINITY)
    for (const code of ['57P01', '42501']) {
      const troubled = availability()
      await troubled.retryWhileUnavailable(failingWith(code))
      expect(troubled.availableForMs()).toBeLessThan(60_000)
    }
  })

  it('is not repeated after the signal has aborted', async () => {
    const stopped = createPostgresAvailability({ signal: AbortSignal.abort() })
    expect(await stopped.retryWhileUnavailable(failingWith('57P01', '22012'))).toBeNull()
  })

  it('does not count as an outage that this process has no free connection', async () => {
    const calm = availability()
    let released = false
    const busy = database.transaction(async (sql) => {
      while (!released) await sql.query('select pg_sleep(0.1)') // one that does nothing would be ended
    })
    const waiting = vi.fn(() => database.query('select 1'))
    const done = calm.retryWhileUnavailable(waiting)
    await waitFor(() => expect(waiting.mock.calls.length).toBeGreaterThan(1)) // one has timed out
    released = true
    await busy
    await done
    expect(calm.availableForMs()).toBe(Number.POSITIVE_INFINITY)
  })
})
