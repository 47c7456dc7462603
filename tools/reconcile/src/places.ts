/** Finds where messages to a service are, according to its database. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Message } from '@quadrille/events'
import { type InboxKey, inboxKey, readInbox } from '@quadrille/outbox'
import type { Sql } from '@quadrille/postgres'
import { originalIdOf } from './history.ts'

/**
 * `unsent`: in the outbox. `handled`: in the table `inbox`. `failed`: it waits for a retry, or is a dead letter. A
 * message in a queue of RabbitMQ has no place, because the database does not contain it. Dead letters with the reason
 * `wrong_exchange` are not counted: their replay is rejected, and a forgery must not prevent the genuine message.
 */
export type Place = 'unsent' | 'handled' | 'failed'

/** The places of these messages, by id. The place of a copy is that of its original, if that has one. */
export const findPlaces = async (sql: Sql, messages: readonly Message[]): Promise<ReadonlyMap<string, Place>> => {
  const originals = messages.flatMap((message) => {
    const id = originalIdOf(message)
    return id === undefined ? [] : [{ id, subject: message.subject }]
  })
  const places = await readPlaces(sql, [...messages, ...originals])
  const placeOf = (message: Message) => places.get(originalIdOf(message) ?? message.id) ?? places.get(message.id)
  return new Map(
    messages.flatMap((message) => {
      const place = placeOf(message)
      return place ? [[message.id, place] as const] : []
    }),
  )
}

const readPlaces = async (sql: Sql, messages: readonly InboxKey[]): Promise<Map<string, Place>> => {
  const rows = await sql.query<{ id: string; place: Place }>(
    `select id, 'unsent' as place from outbox where id = any($1::uuid[])
     union all
     select (message->>'id')::uuid, 'failed' from retry where message->>'id' = any($1::text[])
     union all
     select message_id::uuid, 'failed' from dead_letter
     where status = 'parked' and reason <> 'wrong_exchange' and message_id = any($1::text[])`,
    [messages.map(({ id }) => id)],
  )
  const handled = await readInbox(sql, messages)
  return new Map([
    ...rows.map(({ id, place }) => [id, place] as const),
    ...messages.filter((message) => handled.has(inboxKey(message))).map(({ id }) => [id, 'handled'] as const),
  ])
}

const pollEveryMs = 100

/**
 * Waits until all messages are handled or have failed, or there was no progress for `stalledAfterMs`. A message that is
 * sent but not handled by then is in a retry queue of RabbitMQ. Returns the number of unsent messages.
 */
export const untilDrained = async (sql: Sql, messages: readonly Message[], stalledAfterMs: number): Promise<number> => {
  let before = { unsent: messages.length, ended: 0 }
  for (let progressAt = performance.now(); performance.now() - progressAt < stalledAfterMs; await pause(pollEveryMs)) {
    const places = [...(await findPlaces(sql, messages)).values()]
    const unsent = places.filter((place) => place === 'unsent').length
    const now = { unsent, ended: places.length - unsent }
    if (now.ended === messages.length) return 0
    if (now.unsent < before.unsent || now.ended > before.ended) progressAt = performance.now()
    before = now
  }
  return before.unsent
}
