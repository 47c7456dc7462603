import { useEffect, useState } from 'preact/hooks'
import { followOutcomes } from './follow-outcomes.ts'
import type { Outcome } from './outcome.ts'

/** The outcomes of replayed dead letters so far, by their ids. Each is followed until it is final. */
export const useOutcomes = (
  ids: readonly string[],
  read: (id: string, signal: AbortSignal) => Promise<Outcome>,
): ReadonlyMap<string, Outcome> => {
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map())
  useEffect(() => {
    const stopping = new AbortController()
    const { signal } = stopping
    void followOutcomes({ ids, read, known: outcomes, signal, onOutcomes: setOutcomes })
    return () => stopping.abort()
  }, [ids.join()])
  return outcomes
}
