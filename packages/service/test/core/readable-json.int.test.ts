import { openDatabase, readableJson } from '@quadrille/postgres'
import { createTestDatabase } from '@quadrille/testing'
import { expect, inject, it, onTestFinished } from 'vitest'

it('a value with escapes that Postgres cannot decode is readable without them', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  const sql = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => sql.end())
  const written = ['plain', 'a\0b', '\\u0000', '\\\0', '\ud800 and \udfff', 'é 😀 "\n\\']
  const values = [...written.map((text) => JSON.stringify({ text })), '{ "text": "\\u00e9 \\u0000" }']
  await sql.query('create table kept (position integer, value json)')
  await sql.query('insert into kept select * from unnest($1::integer[], $2::json[])', [[...values.keys()], values])
  const read = `select readable->>'text' as text from (select position, ${readableJson('value')} as readable from kept) as each`
  expect(await sql.query(`${read} order by position`)).toEqual(
    ['plain', 'ab', '\\u0000', '\\', ' and ', 'é 😀 "\n\\', 'é '].map((text) => ({ text })),
  )
})
