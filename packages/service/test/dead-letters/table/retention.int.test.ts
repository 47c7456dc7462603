import { expect, it } from 'vitest'
import { operationsOf, recordOperations } from '../../../src/dead-letters/table/operations.ts'
import { purgeDeadLetters, settleDeadLetters } from '../../../src/dead-letters/table/settling.ts'
import { deadLetterTable } from '../../../src/dead-letters/table/store.ts'
import { aDatabase, aDeadLetter } from './a-database.ts'

const dayMs = 86_400_000

it('old settled dead letters are deleted with their operations', async () => {
  const database = await aDatabase()
  const [old, young, parked] = [aDeadLetter(), aDeadLetter(), aDeadLetter()]
  await deadLetterTable(database).add([old, young, parked])
  await settleDeadLetters(database, { ids: [old.id, young.id] }, { as: 'replayed', limit: 2 })
  await recordOperations(database, [old.id], { operation: 'replay', operator: 'ada', note: null })
  await database.query(`update dead_letter set settled_at = settled_at - interval '2 days' where id = $1`, [old.id])
  await database.query(`update dead_letter set parked_at = parked_at - interval '2 days'`)
  expect(await purgeDeadLetters(database, { olderThanMs: dayMs, limit: 100 })).toBe(1)
  expect(await purgeDeadLetters(database, { olderThanMs: dayMs, limit: 100 })).toBe(0)
  const rows = await database.query<{ id: string }>('select id from dead_letter order by id')
  expect(rows.map((row) => row.id)).toEqual([young.id, parked.id])
  expect(await operationsOf(database, old.id)).toEqual([])
})
