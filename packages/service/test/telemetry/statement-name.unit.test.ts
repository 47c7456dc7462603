import type { Span } from '@opentelemetry/api'
import { expect, test, vi } from 'vitest'
import { nameStatements, statementName } from '../../src/telemetry/statement-name.ts'

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
})

test.each([
  ['select 1', 'select', {}],
  ['begin;\nselect id from inbox', 'begin; select inbox', { 'db.operation.batch.size': 2 }],
])('the span of %j is called %s', (text, name, attributes) => {
  const attributesOf = new Map<string, unknown>()
  const updateName = vi.fn()
  const span = { updateName, setAttribute: (key: string, value: unknown) => attributesOf.set(key, value) }
  nameStatements(span as unknown as Span, text)
  expect(updateName).toHaveBeenCalledExactlyOnceWith(name)
  expect(Object.fromEntries(attributesOf)).toEqual(attributes)
})
