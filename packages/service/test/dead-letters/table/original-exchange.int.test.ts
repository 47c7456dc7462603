import { expect, it } from 'vitest'
import { originalExchange, originalExchangeSql } from '../../../src/dead-letters/table/original-exchange.ts'
import { aDatabase } from './a-database.ts'

it('a dry run and a replay send a dead letter with the same exchange', async () => {
  const direct = 'desk.direct'
  const expected = [
    { exchange: '', reason: 'attempts_exhausted', original: direct },
    { exchange: '', reason: 'id_conflict', original: direct },
    { exchange: '', reason: 'future_version', original: '' },
    { exchange: '', reason: 'wrong_exchange', original: '' },
    { exchange: 'stacks.events', reason: 'attempts_exhausted', original: 'stacks.events' },
    { exchange: 'stacks.events', reason: 'wrong_exchange', original: 'stacks.events' },
  ]
  expect(expected.map((letter) => ({ ...letter, original: originalExchange(letter, direct) }))).toEqual(expected)
  const database = await aDatabase()
  const selected = await database.query(
    `select exchange, reason, ${originalExchangeSql('$1::text')} as original
     from jsonb_to_recordset($2::jsonb) as letter (exchange text, reason text)`,
    [direct, JSON.stringify(expected)],
  )
  expect(selected).toEqual(expected)
})
