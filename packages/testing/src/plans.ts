/**
 * Tests that statements read only the rows of their subjects, in small and in large tables, because connections keep their plans. For
 * test files only: it imports vitest.
 */
import type { Database, Migrations, Sql, Statement } from '@quadrille/postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { claimedInTest } from './claimed-by-test.ts'
import { type MigratedDatabase, openMigratedDatabase } from './migrated-database.ts'
import { indexConditionsIn, planOf, planSizes, statementsOf, wholeScansOf } from './plan-of.ts'

export interface PlannedStatements {
  readonly migrations: Migrations
  /** Inserts rows into each table, up to this number. */
  readonly fillUpTo: (database: Database, count: number) => Promise<unknown>
  /** Functions that run statements. They get no rows. `claimedSql` is SQL for the claimed subjects. */
  readonly run: readonly ((sql: Sql, claimedSql: string) => Promise<unknown>)[]
  readonly statements: readonly Statement[]
  /** Functions that find the rows before a time, by the column that has it. Default: none. */
  readonly findByTime?: Readonly<Record<string, readonly ((sql: Sql) => Promise<unknown>)[]>>
}

/** Describes a test for each size of the tables. */
export const describePlans = ({ migrations, fillUpTo, run, statements, findByTime = {} }: PlannedStatements): void => {
  let migrated: MigratedDatabase
  beforeAll(async () => {
    migrated = await openMigratedDatabase(inject('postgresUrl'), migrations)
  })
  afterAll(() => migrated.close())

  describe.each(planSizes)('with $rows rows in the tables, analyzed: $analyzed', ({ rows, analyzed }) => {
    beforeAll(async () => {
      await fillUpTo(migrated.database, rows)
      if (analyzed) await migrated.database.query('analyze')
    })

    it('each statement reads by keys', async () => {
      const sent = await Promise.all(run.map((send) => statementsOf((sql) => send(sql, claimedInTest))))
      expect(sent.every(({ length }) => length > 0)).toBe(true)
      expect(await wholeScansOf(migrated.database, [...sent.flat(), ...statements])).toEqual([])
    })

    it.each(Object.entries(findByTime))('each statement searches an index by %s', async (column, finds) => {
      for (const statement of (await Promise.all(finds.map(statementsOf))).flat()) {
        const conditions = indexConditionsIn(await planOf(migrated.database, statement))
        expect(conditions, statement.text).toContainEqual(expect.stringContaining(`${column} <`))
      }
    })
  })
}
