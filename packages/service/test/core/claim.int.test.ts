import { openDatabase } from '@quadrille/postgres'
import { createTestDatabase } from '@quadrille/testing'
import { expect, inject, it, onTestFinished } from 'vitest'
import { claim } from '../../src/core/claim.ts'
import { parcelSent } from '../tally/parcels.ts'

it('a transaction has the locks of all subjects before it locks a row, and so before it has a number', async () => {
  const test = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(test.drop)
  const database = openDatabase({ url: test.url, applicationName: 'test', onIdleError: () => undefined })
  onTestFinished(() => database.end())
  const messages = [parcelSent(), parcelSent(), parcelSent()].map(({ message }) => message)
  await database.query('create table parcel (subject uuid primary key)')
  await database.query('insert into parcel select unnest($1::uuid[])', [messages.map(({ subject }) => subject)])
  await database.query(`create function check_locks() returns boolean volatile language plpgsql as $$ begin
    if (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) < 3 then
      raise exception 'a row is read before all subjects are locked';
    end if;
    return true;
  end $$`)
  await database.query('create view checked_parcel as select subject from parcel where check_locks()')
  const claimed = await database.transaction((sql) =>
    claim(sql, messages, { ownRows: [{ table: 'checked_parcel', column: 'subject' }] }),
  )
  expect(claimed.size).toBe(3)
})
