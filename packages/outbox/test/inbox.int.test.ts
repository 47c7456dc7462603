/** The keys of the inbox. */
import { run } from '@quadrille/postgres'
import { planOf, statementsOf, wholeScansIn } from '@quadrille/testing'
import { v4 } from 'uuid'
import { expect, test } from 'vitest'
import { inboxKey, insertInbox, readInbox } from '../src/index.ts'
import { subject, useDatabase } from './a-database.ts'

const given = useDatabase()

const key = { subject, id: v4() }

test('an entry belongs to its subject and id', async () => {
  const { database } = given
  await run(database, insertInbox([{ ...key, hash: 'h' }]))
  expect(await readInbox(database, [key, { ...key, id: v4() }])).toEqual(new Map([[inboxKey(key), 'h']]))
  expect(await readInbox(database, [{ ...key, subject: v4() }])).toEqual(new Map())
  await expect(run(database, insertInbox([{ ...key, hash: 'other' }]))).rejects.toMatchObject({ code: '23505' })
})

test('entries are found by their keys, in a table of any size', async () => {
  const { database } = given
  const [lookup] = await statementsOf((sql) => readInbox(sql, [key]))
  if (!lookup) throw new Error('There is no lookup.')
  expect(wholeScansIn(await planOf(database, lookup))).toEqual([])
})
