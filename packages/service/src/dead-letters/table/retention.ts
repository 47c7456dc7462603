import { type DeletionStep, deleteRows, type Sql } from '@quadrille/postgres'

/** Deletes dead letters that were replayed or discarded, with their operations. */
export const purgeDeadLetters = (sql: Sql, step: DeletionStep): Promise<number> =>
  deleteRows(
    sql,
    `delete from dead_letter where id in (
       select id from dead_letter
       where status <> 'parked' and settled_at < statement_timestamp() - $1 * interval '1 millisecond'
       order by settled_at limit $2
     )`,
    step,
  )
