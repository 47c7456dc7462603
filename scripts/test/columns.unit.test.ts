import { expect, test } from 'vitest'
import { unnamedColumns } from '../columns/unnamed-columns.ts'

test.each([
  ['select * from payment', 'select *'],
  ['select distinct * from payment', 'select distinct *'],
  ['select payment.* from payment', 'select payment.*'],
  ['select id, payment.* from payment', 'select id, payment.*'],
  ['select count(*), payment.* from payment', 'payment.* from'],
  ['SELECT\n  *\nFROM payment', 'SELECT *'],
  ['select * from unnest($1::uuid[])', 'select *'],
  ['delete from payment returning *', 'returning *'],
  ['select id from jsonb_populate_recordset(null::text, $1)', 'jsonb_populate_recordset'],
  ['select (null::payment).id', 'null::payment'],
  ['select row_to_json(payment) from payment', 'row_to_json'],
  ['insert into payment select id from $1', 'insert into payment select'],
  [`insert into payment\n values ($1)`, 'insert into payment values'],
  ['insert into gateway.intent as known values ($1)', 'insert into gateway.intent as known values'],
  [`insert into ${'$'}{table} select id from fresh`, `insert into ${'$'}{table} select`],
  ['insert into payment default values', 'insert into payment default values'],
])('%s does not name its columns', (sql, text) => {
  expect(unnamedColumns(sql)[0]).toEqual({ line: 1, text })
})

test.each([
  'select id, status from payment',
  'select count(*)::integer from payment',
  'select id, count(*) over () from payment',
  "select key from idempotency_key where created_at < now() - $1 * interval '1 millisecond'",
  'insert into payment (id) select id from unnest($1::uuid[]) as fresh (id)',
  'insert into gateway.create_key as known (key) select key from asked',
  `insert into ${'$'}{table} (order_id, state) values ($1, $2)`,
  'select null::text as code',
  'const area = width * height',
])('%s names its columns', (sql) => {
  expect(unnamedColumns(sql)).toEqual([])
})

test('the line of a finding is reported', () => {
  expect(unnamedColumns('const sql = `\n  delete from payment\n  returning *`')).toEqual([
    { line: 3, text: 'returning *' },
  ])
})
