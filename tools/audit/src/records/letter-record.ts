import type { Sql } from '@quadrille/postgres'

/** A dead letter, as far as its trace goes. */
export interface LetterRecord {
  readonly id: string
  /** As it was noted down. */
  readonly traceId: string | null
  /** The traceparent of the message's header. */
  readonly header: string | null
  /** Empty where it is longer than what is ever read. */
  readonly body: Buffer
}

/** Held in memory at a time, of 1 MiB at most each. */
const pageLetters = 50

/**
 * The letters of which it doesn't show at once that their trace is that of their message: because it stands in the body as we
 * write it, or because nothing tells of a trace. The rest is to be read as JSON, which SQL can't try.
 */
export async function* readLetters(sql: Sql): AsyncGenerator<readonly LetterRecord[]> {
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const page = await sql.query<LetterRecord>(
      `select id, trace_id as "traceId", headers->>'traceparent' as header,
              case when octet_length(body) <= 1048576 then body else '' end as body
       from dead_letter
       where id > $1 and not case
         when trace_id is null then headers->>'traceparent' is null and position('"traceparent"'::bytea in body) = 0
         else position(convert_to('"traceparent":"00-' || trace_id || '-', 'UTF8') in body) > 0 end
       order by id limit $2`,
      [after, pageLetters],
    )
    yield page
    const last = page.at(-1)
    if (!last || page.length < pageLetters) return
    after = last.id
  }
}
