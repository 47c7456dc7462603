/** Finds where messages are, according to the databases of their receivers and publishers. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Message, ServiceName } from '@quadrille/events'
import { eventsExchange } from '@quadrille/messaging'
import { type InboxKey, inboxKey, readInbox } from '@quadrille/outbox'
import type { Sql } from '@quadrille/postgres'
import { originalIdOf } from './history.ts'
import type { Sources } from './missing.ts'

/**
 * `unsent`: in the outbox. `handled`: in the table `inbox`. `retried`: it waits for a retry. `parked`: it is a dead letter. A
 * message in a queue of RabbitMQ has no place, because the database does not contain it. Dead letters with the reason
 * `wrong_exchange` are not counted: their replay is rejected, and a forgery must not prevent the genuine message.
 * `unreadable`: in the history alone, in a form that this release can't read.
 */
export type Place = 'unsent' | 'handled' | 'retried' | 'parked' | 'unreadable'

export const hasFailed = (place: Place | undefined): boolean =>
  place === 'retried' || place === 'parked' || place === 'unreadable'

/** The places of these messages in the database of their receiver, by id. The place of a copy is that of its original, if that has one. */
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

/** The same, only by their own ids. */
export const readPlaces = async (sql: Sql, messages: readonly InboxKey[]): Promise<Map<string, Place>> => {
  const rows = await sql.query<{ id: string; place: Place }>(
    `select id, 'unsent' as place from outbox where id = any($1::uuid[])
     union all
     select (message->>'id')::uuid, 'retried' from retry where message->>'id' = any($1::text[])
     union all
     select message_id::uuid, 'parked' from dead_letter
     where status = 'parked' and reason <> 'wrong_exchange' and message_id = any($1::text[])`,
    [messages.map(({ id }) => id)],
  )
  const handled = await readInbox(sql, messages)
  return new Map([
    ...rows.map(({ id, place }) => [id, place] as const),
    ...messages.filter((message) => handled.has(inboxKey(message))).map(({ id }) => [id, 'handled'] as const),
  ])
}

/**
 * The ids of these messages that their publishers have not sent yet. A row for a single queue is a copy, which the other
 * services don't receive. A publisher may have been removed (SHIPPING=off): its outbox is not searched.
 */
export const findUnpublished = async (sources: Sources, messages: readonly Message[]): Promise<ReadonlySet<string>> => {
  const ofEach = await Promise.all(
    [...Map.groupBy(messages, ({ source }) => String(source).slice(1) as ServiceName)].map(async ([service, its]) => {
      const source = sources[service]
      if (!source) return []
      const originals = new Map(its.map((message) => [originalIdOf(message) ?? message.id, message.id]))
      const rows = await source.query<{ id: string }>(
        'select id from outbox where exchange = $1 and id = any($2::uuid[])',
        [eventsExchange(service), [...originals.keys()]],
      )
      return rows.flatMap(({ id }) => originals.get(id) ?? [])
    }),
  )
  return new Set(ofEach.flat())
}

const pollEveryMs = 100

/**
 * Waits until all messages are handled or parked, or there was no progress for `stalledAfterMs`. A message that is sent but not
 * handled by then waits for a retry, or in the inbox behind others. Returns the number of unsent messages.
 */
export const untilDrained = async (sql: Sql, messages: readonly Message[], stalledAfterMs: number): Promise<number> => {
  let before = { unsent: messages.length, ended: 0 }
  for (let progressAt = performance.now(); performance.now() - progressAt < stalledAfterMs; await pause(pollEveryMs)) {
    const places = [...(await findPlaces(sql, messages)).values()]
    const unsent = places.filter((place) => place === 'unsent').length
    const ended = places.filter((place) => place !== 'unsent' && place !== 'retried').length
    const now = { unsent, ended }
    if (now.ended === messages.length) return 0
    if (now.unsent < before.unsent || now.ended > before.ended) progressAt = performance.now()
    before = now
  }
  return before.unsent
}
