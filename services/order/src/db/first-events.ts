/** SQL that limits the size of a read, because an event has up to 150 kB. */

interface Limited {
  readonly columns: string
  readonly order: string
  /** The parameter of the maximum size, bytes. */
  readonly maxBytes: string
}

/**
 * The first of the selected rows, up to the one with which their events have `maxBytes` of text. `found` is the number of all selected
 * rows. Postgres knows the stored size without reading the event, so it leaves out rows by this first. A compressed event may have
 * much more text, so the text of the others is measured too.
 */
export const firstEvents = (rows: string, { columns, order, maxBytes }: Limited): string => {
  const upTo = (size: string, from: string) => `
    select ${columns}, found from (
      select ${columns}, found, sum(${size}) over (order by ${order}) - ${size} as bytes_before from (${from}) as measured
    ) as counted where bytes_before < ${maxBytes}`
  const counted = `select ${columns}, count(*) over () as found from (${rows}) as selected`
  return upTo('octet_length(event::text)', upTo('pg_column_size(event)', counted))
}
