import { useEffect, useState } from 'preact/hooks'
import { ApiError, get } from '../../api/client.ts'
import type { DeadLetter, DeadLetterPage, WholeDeadLetter } from '../../api/types.ts'
import { useReadUntilFinal } from '../../use-read-until-final.ts'
import { remaining, type Selection, sortSelection, without } from './selection.ts'

interface UsedSelection {
  /** Those that are parked, as far as is known. */
  readonly selected: Selection
  /** Those of them that are older than the list reaches. */
  readonly older: readonly DeadLetter[]
  readonly select: (selected: Selection) => void
  /** Drops one that was replayed or discarded. */
  readonly drop: (letter: DeadLetter) => void
}

/** The selection in the list `page` of a service, of which others may settle some. The older ones are read one by one. */
export const useSelection = (service: string, page: DeadLetterPage | undefined): UsedSelection => {
  const [chosen, select] = useState<Selection>(new Map())
  useEffect(() => {
    if (page) select((before) => remaining(before, page))
  }, [page])
  const { listed, older } = sortSelection(chosen, page ?? { items: [], nextCursor: null })
  const settled = useReadUntilFinal(
    older.map(({ id }) => id),
    { read: (id, signal) => isSettled(service, id, signal), isFinal: (is) => is },
  )
  const open = older.filter(({ id }) => !settled.get(id))
  return {
    selected: new Map([...listed, ...open].map((letter) => [letter.id, letter])),
    older: open,
    select,
    drop: (letter) => select((before) => without(before, letter)),
  }
}

/** False if it can't be read. */
const isSettled = (service: string, id: string, signal: AbortSignal): Promise<boolean> =>
  get<WholeDeadLetter>(`/${service}/dead-letters/${id}`, { signal }).then(
    (answer) => answer?.body.status !== 'parked',
    (error: unknown) => error instanceof ApiError && error.status === 404,
  )
