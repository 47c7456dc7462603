import type { Sql } from '@quadrille/postgres'

/** The trace of a dead letter. */
export interface DeadLetterRecord {
  readonly id: string
  /** As stored. */
  readonly traceId: string | null
  /** The traceparent of the message's header. */
  readonly header: string | null
  /** Empty if it is too long to be parsed. */
  readonly body: Buffer
}

/** Dead letters in memory at a time, of at most 1 MiB each. */
const pageSize = 50

/**
 * Dead letters whose trace may differ from that of their message. The others need no check: the body contains their trace
 * in our own format, or neither body nor header has one. The caller parses the bodies, because Postgres raises an error
 * for invalid JSON.
 */
export async function* readDeadLetters(sql: Sql): AsyncGenerator<readonly DeadLetterRecord[]> {
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const page = await sql.query<DeadLetterRecord>(
      `select id, trace_id as "traceId", headers->>'traceparent' as header,
              case when octet_length(body) <= 1048576 then body else '' end as body
       from dead_letter
       where id > $1 and not case
         when trace_id is null then headers->>'traceparent' is null and position('"traceparent"'::bytea in body) = 0
         else position(convert_to('"traceparent":"00-' || trace_id || '-', 'UTF8') in body) > 0 end
       order by id limit $2`,
      [after, pageSize],
    )
    yield page
    const last = page.at(-1)
    if (!last || page.length < pageSize) return
    after = last.id
  }
}
