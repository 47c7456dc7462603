/** Where messages are that were given to a service. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Sql } from '@quadrille/postgres'

/** `handled`: it has had its effect. `failed`: it waits to be tried again, or is a dead letter. `waiting`: not sent yet. */
type Place = 'handled' | 'failed' | 'waiting'

/** The places of messages that this database knows of; those that are at RabbitMQ it doesn't. */
export const findMessages = async (restored: Sql, ids: readonly string[]): Promise<Map<string, Place>> => {
  const rows = await restored.query<{ id: string; place: Place }>(
    `select id, 'waiting' as place from outbox where id = any($1::uuid[])
     union all
     select (message->>'id')::uuid, 'failed' from retry where message->>'id' = any($1::text[])
     union all
     select message_id::uuid, 'failed' from dead_letter where status = 'parked' and message_id = any($1::text[])
     union all
     select id, 'handled' from inbox where id = any($1::uuid[])`,
    [ids],
  )
  return new Map(rows.map(({ id, place }) => [id, place]))
}

const lookEveryMs = 100

/** Waits until each of them is handled or has failed, or until nothing has happened for `patienceMs`. Returns how many are. */
export const untilSettled = async (restored: Sql, ids: readonly string[], patienceMs: number): Promise<number> => {
  let settled = 0
  for (let moved = performance.now(); performance.now() - moved < patienceMs; await pause(lookEveryMs)) {
    const places = await findMessages(restored, ids)
    const now = [...places.values()].filter((place) => place !== 'waiting').length
    if (now > settled) moved = performance.now()
    settled = now
    if (settled === ids.length) break
  }
  return settled
}
