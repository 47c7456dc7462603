/** Compares a part of the orders, and finds where their missing messages are. */
import type { Selection } from '@quadrille/audit'
import { findMissing, type Missing, type Sources, sourceOf } from './missing.ts'
import { findPlaces, findUnpublished, type Place } from './places.ts'
import { messagesOf } from './send-missing.ts'

export interface Placed extends Missing {
  readonly key: string
  /** The place of the message. Undefined if it can be sent, and neither its receiver nor its publisher has it in the database. */
  readonly place: Place | undefined
}

export const keysOf = (missing: readonly Placed[]): ReadonlySet<string> => new Set(missing.map(({ key }) => key))

export const compareOnce = async (sources: Sources, part: Selection): Promise<readonly Placed[]> => {
  const missing = await findMissing(sources, part)
  const unpublished = await findUnpublished(sources, messagesOf(missing))
  const ofEach = await Promise.all(
    [...Map.groupBy(missing, ({ to }) => to)].map(async ([to, its]) => {
      const places = await findPlaces(sourceOf(sources, to), messagesOf(its))
      const placeOf = ({ message: { id }, unreadable }: Missing) =>
        places.get(id) ?? (unpublished.has(id) ? 'unsent' : unreadable === null ? undefined : 'unreadable')
      return its.map((each) => ({ ...each, key: `${to} ${each.message.id}`, place: placeOf(each) }))
    }),
  )
  return ofEach.flat()
}
