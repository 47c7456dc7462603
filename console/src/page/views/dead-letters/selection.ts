/** The selected dead letters of a group. They stay selected when newer ones push them out of the list. */
import { useEffect, useState } from 'preact/hooks'
import type { DeadLetter, DeadLetterPage } from '../../api/types.ts'

/** By their ids. */
export type Selection = ReadonlyMap<string, DeadLetter>

type List = Pick<DeadLetterPage, 'items' | 'nextCursor'>

/**
 * The selection without those that the list, the newest of the parked ones, shows to be settled. Older ones may be settled too: then a
 * replay sends nothing, and a discard is refused.
 */
export const remaining = (selected: Selection, { items, nextCursor }: List): Selection => {
  const end = nextCursor === null ? '' : (items.at(-1)?.id ?? '') // ids begin with their time
  const listed = items.filter(({ id }) => selected.has(id))
  const older = [...selected.values()].filter(({ id }) => id < end)
  return new Map([...listed, ...older].map((letter) => [letter.id, letter]))
}

export const without = (selected: Selection, { id }: Pick<DeadLetter, 'id'>): Selection =>
  new Map([...selected].filter(([other]) => other !== id))

/** The selection in a list, of which others may settle some. */
export const useSelection = (list: List | undefined) => {
  const [chosen, select] = useState<Selection>(new Map())
  useEffect(() => {
    if (list) select((before) => remaining(before, list)) // what has gone does not come back with a later list
  }, [list])
  return {
    selected: list ? remaining(chosen, list) : chosen,
    select,
    /** Drops one that was replayed or discarded. */
    drop: (letter: DeadLetter) => select((before) => without(before, letter)),
  }
}
