import { expect, test } from 'vitest'
import { statementName } from '../../src/telemetry/statement-name.ts'

test.each([
  ['insert into outbox (id) select id from unnest($1::uuid[])', 'insert outbox'],
  ['select * from payment where parcel_id = any($1) order by parcel_id for update', 'select payment'],
  ['update outbox set taken = true where seq in (select seq from outbox for update skip locked)', 'update outbox'],
  ['with due as (select id from retry for update skip locked) delete from retry using due', 'delete retry'],
  ['begin', 'begin'],
  ['select 1', 'select'],
  ['', 'statement'],
])('%s is called %s', (text, name) => {
  expect(statementName(text)).toBe(name)
  expect(statementName(text)).toBe(name)
})
