import { expect, expectTypeOf, it } from 'vitest'
import { parameterTable } from '../src/parameter-table.ts'

const given = parameterTable({ id: 'uuid', total: 'bigint', at: 'timestamptz' })

it('has an array for each column, in any order of the fields of a row', () => {
  const at = new Date(0)
  expect(given.columns).toBe('id, total, at')
  expect(given.sql).toBe(
    '(select unnest($1::uuid[]) as id, unnest($2::bigint[]) as total, unnest($3::timestamptz[]) as at)',
  )
  const rows = [
    { total: 1, id: 'a', at },
    { at: null, total: null, id: 'b', more: true },
  ]
  expect(given.values(rows)).toEqual([
    ['a', 'b'],
    [1, null],
    [at, null],
  ])
  expect(given.values([])).toEqual([[], [], []])
  expect([given.after(1), given.after(2)]).toEqual(['$4', '$5'])
})

it('accepts rows that have a value of its type for each column', () => {
  type Row = Parameters<typeof given.values>[0][number]
  expectTypeOf<{ id: string; total: number; at: string }>().toExtend<Row>()
  expectTypeOf<{ id: string; total: string; at: string }>().not.toExtend<Row>()
  expectTypeOf<{ id: string; total: number }>().not.toExtend<Row>()
})
