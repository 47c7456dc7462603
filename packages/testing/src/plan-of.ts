import { randomUUID } from 'node:crypto'
import type { Database, Sql, Statement } from '@quadrille/postgres'

/** The plan of a statement as a connection keeps it: for any values of its parameters. */
export const planOf = (database: Database, { text, values }: Statement): Promise<string> =>
  database.transaction(async (sql) => {
    const name = `"${randomUUID()}"`
    await sql.query(`prepare ${name} as ${text}`)
    const parameters = values.length > 0 ? `(${values.map(() => 'null').join(', ')})` : ''
    const rows = await sql.query<{ 'QUERY PLAN': string }>(`explain (costs off) execute ${name} ${parameters}`)
    await sql.query(`deallocate ${name}`)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })

/**
 * The lines of a plan that read more than the rows asked for: a scan of a whole table or index, or a join that compares each pair
 * of rows.
 */
export const wholeScansIn = (plan: string): string[] => {
  const lines = plan.split('\n')
  const isWhole = (line: string, position: number) =>
    /Seq Scan|Join Filter/.test(line) ||
    (/Index (Only )?Scan/.test(line) && !lines[position + 1]?.includes('Index Cond'))
  return lines.filter(isWhole)
}

/** The conditions by which a plan searches its indexes. */
export const indexConditionsIn = (plan: string): string[] =>
  plan.split('\n').filter((line) => line.includes('Index Cond: '))

/** The statements that the work runs. It gets no rows. */
export const statementsOf = async (work: (sql: Sql) => Promise<unknown>): Promise<Statement[]> => {
  const statements: Statement[] = []
  await work({
    query: async (text, values = []) => {
      statements.push({ text, values: values as Statement['values'] })
      return []
    },
  })
  return statements
}

/** The sizes of tables in which plans are checked: also young tables, which were not analyzed yet. */
export const planSizes = [
  { rows: 0, analyzed: false },
  { rows: 1_000, analyzed: false },
  { rows: 20_000, analyzed: false },
  { rows: 20_000, analyzed: true },
] as const

/** The whole scans in the plans of the statements, with the text of each. Empty if all of them read by keys. */
export const wholeScansOf = async (database: Database, statements: readonly Statement[]): Promise<string[]> => {
  const found: string[] = []
  for (const statement of statements)
    found.push(...wholeScansIn(await planOf(database, statement)).map((line) => `${line} in ${statement.text}`))
  return found
}
