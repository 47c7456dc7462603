import { decode, Undecodable, type UndecodableReason } from '@quadrille/events'
import { getLetter, listLetters } from '@quadrille/outbox'
import type { Desk } from './desk.ts'

const pageSize = 100
const reason = 'future_version' satisfies UndecodableReason

/**
 * Replays what was parked because it was of a later version than could be read, as far as it can be now: the service has been
 * upgraded. Returns how many messages that were.
 */
export const replayReadable = async (desk: Desk, service: string): Promise<number> => {
  const operator = { operator: service, note: 'This version of the service can read it.' }
  let replayed = 0
  for (let after: string | null = null; ; ) {
    const page = await listLetters(desk.database, { status: 'parked', reason }, { limit: pageSize, after })
    const ids = page.map(({ id }) => id)
    const readable = await readableOf(desk, ids)
    replayed += (await desk.replay({ filter: { ids: readable }, limit: pageSize }, 0, operator)).length
    after = ids.at(-1) ?? null
    if (ids.length < pageSize) return replayed
  }
}

const readableOf = async ({ database }: Desk, ids: readonly string[]): Promise<string[]> => {
  const readable: string[] = []
  for (const id of ids) {
    const letter = await getLetter(database, id)
    if (letter && isReadable(letter.body)) readable.push(id)
  }
  return readable
}

const isReadable = (body: Uint8Array): boolean => {
  try {
    decode(body)
    return true
  } catch (error) {
    if (error instanceof Undecodable) return false
    throw error
  }
}
