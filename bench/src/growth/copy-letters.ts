/** Fills the table of dead letters of a service with copies of real ones. */
import type { Client } from 'pg'
import { columnsOf } from './columns.ts'

export interface LetterCopies {
  /** The number of dead letters, with the real ones. */
  readonly count: number
  /** The time of the first one. The others follow at even intervals until now. */
  readonly from: Date
  readonly to: Date
  /** The orders to which they belong, in turns. */
  readonly orderIds: readonly string[]
}

/** Copies differ in their message id and their order, in all places where these occur. @throws if there is no real dead letter. */
export const copyLetters = async (client: Client, { count, from, to, orderIds }: LetterCopies): Promise<void> => {
  const { rows } = await client.query<{ real: number }>('select count(*)::integer as real from dead_letter')
  const real = rows[0]?.real ?? 0
  if (real === 0) throw new Error('There is no real dead letter to copy.')
  const { names, definitions } = await columnsOf(client, 'dead_letter')
  await client.query(
    `with source as materialized (
       select row_number() over (order by id) - 1 as number, to_jsonb(letter) as letter, message_id, subject::text,
              convert_from(body, 'UTF8') as body
       from dead_letter as letter
     )
     insert into dead_letter (${names})
     select ${names.replaceAll(/[^ ]+/g, 'copied.$&')}
     from generate_series(1, $1::integer) as place
     join source on number = (place - 1) % $2
     cross join lateral (select $3::timestamptz + (place - 1) * $4::float * interval '1 millisecond' as at) as made
     cross join lateral (
       select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(random, 1, 3) || 'a'
               || substr(random, 4, 15))::uuid as id,
              md5('message ' || place)::uuid::text as message_id, ($5::text[])[1 + place % cardinality($5)] as subject
       from md5('letter ' || place) as random
     ) as named
     cross join lateral jsonb_to_record(
       replace(replace(letter::text, source.message_id, named.message_id), source.subject, named.subject)::jsonb
       || jsonb_build_object(
         'id', named.id, 'first_failed_at', at, 'last_failed_at', at, 'parked_at', at,
         'body', convert_to(replace(replace(body, source.message_id, named.message_id), source.subject, named.subject), 'UTF8')
       )
     ) as copied (${definitions})`,
    [count - real, real, from, (to.getTime() - from.getTime()) / count, orderIds],
  )
}
