import { expect, it } from 'vitest'
import { parseMigration } from '../../src/growth/migrations.ts'

it('separates the statements of a migration', () => {
  const text = `-- Up Migration

-- A comment; with a semicolon.
alter table a
  add column b text default ';'; -- another one
do $$
begin
  drop index c;
end
$$;
drop index d;

-- Down Migration
create index c on a (b);
`
  expect(parseMigration('0003_a.sql', text)).toEqual({
    name: '0003_a',
    up: ["alter table a add column b text default ';'", 'do $$ begin drop index c; end $$', 'drop index d'],
    down: ['create index c on a (b)'],
  })
})
