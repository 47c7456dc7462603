/** The selected dead letters of a group. They stay selected when newer ones push them out of the list. */
import type { DeadLetter, DeadLetterPage } from '../../api/types.ts'

/** By their ids. */
export type Selection = ReadonlyMap<string, DeadLetter>

interface Sorted {
  /** Selected, and in the list. */
  readonly listed: readonly DeadLetter[]
  /** Selected, and older than the list reaches. The list does not tell whether they are settled. */
  readonly older: readonly DeadLetter[]
}

/** Without those that the list shows to be settled. `page`: the newest of the parked ones, the newest first. */
export const sortSelection = (selected: Selection, page: Pick<DeadLetterPage, 'items' | 'nextCursor'>): Sorted => {
  const end = page.nextCursor === null ? '' : (page.items.at(-1)?.id ?? '') // ids begin with their time
  return {
    listed: page.items.filter(({ id }) => selected.has(id)),
    older: [...selected.values()].filter(({ id }) => id < end),
  }
}

/** The selection without those that the list shows to be settled. They must not come back when newer ones push out the end of the list. */
export const remaining = (selected: Selection, page: Pick<DeadLetterPage, 'items' | 'nextCursor'>): Selection => {
  const { listed, older } = sortSelection(selected, page)
  return new Map([...listed, ...older].map((letter) => [letter.id, letter]))
}

export const without = (selected: Selection, { id }: Pick<DeadLetter, 'id'>): Selection =>
  new Map([...selected].filter(([other]) => other !== id))
