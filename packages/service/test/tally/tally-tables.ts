/** The tallies in the database. */
import type { Statement } from '@quadrille/postgres'
import { RowSet, type StoredWorkingSet, type Tables } from '../../src/core/working-set.ts'
import type { Message } from '../post.ts'
import type { Tally } from './tally-reactions.ts'

class TallySet implements StoredWorkingSet<Tally | undefined> {
  readonly #rows: RowSet<Tally>
  constructor(rows: readonly Tally[]) {
    this.#rows = new RowSet(({ parcelId }) => parcelId, rows)
  }
  of({ subject }: Message): Tally | undefined {
    return this.#rows.get(subject)
  }
  put({ subject }: Message, tally: Tally): void {
    this.#rows.set(subject, tally)
  }
  changes(): Statement[] {
    const columns = (rows: readonly Tally[]) => [
      rows.map((r) => r.parcelId),
      rows.map((r) => r.events),
      rows.map((r) => r.weight),
    ]
    const given = 'unnest($1::uuid[], $2::integer[], $3::integer[]) as row (parcel_id, events, weight)'
    return this.#rows.changes({
      insert: (rows) => ({ text: `insert into tally select * from ${given}`, values: columns(rows) }),
      update: (rows) => ({
        text: `update tally set events = row.events from ${given} where tally.parcel_id = row.parcel_id`,
        values: columns(rows),
      }),
    })
  }
}

export const ownTables: Tables<Tally | undefined> = {
  ownRows: [{ table: 'tally', column: 'parcel_id' }],
  load: async (sql, { claimedSql }) =>
    new TallySet(
      await sql.query<Tally>(
        `select parcel_id as "parcelId", events, weight from tally
         where parcel_id = any(${claimedSql}) order by parcel_id for update`,
      ),
    ),
}

/** All parcels share the only row of the table `shared`. */
export const sharingTables: Tables<Tally | undefined> = {
  ...ownTables,
  sharesRows: true,
  load: async (sql, load) => {
    const [set, locked] = await Promise.all([
      ownTables.load(sql, load),
      sql.query(`select id from shared for update ${load.waits ? '' : 'skip locked'}`),
    ])
    return Object.assign(set, { isLocked: () => locked.length === 0 })
  },
}
