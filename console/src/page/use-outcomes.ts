import { useEffect, useState } from 'preact/hooks'
import { currentOutcomes, followOutcomes, type OutcomeReader } from './follow-outcomes.ts'

/** The outcomes that are known, by their ids. Each of `ids` is read until it is final. Of others only final ones are kept. */
export const useOutcomes = <Outcome>(
  ids: readonly string[],
  { read, isFinal }: OutcomeReader<Outcome>,
): ReadonlyMap<string, Outcome> => {
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map())
  const known = currentOutcomes(outcomes, ids, isFinal)
  useEffect(() => {
    const stopping = new AbortController()
    const { signal } = stopping
    void followOutcomes({ ids, read, isFinal, known, signal, onOutcomes: setOutcomes })
    return () => stopping.abort()
  }, [ids.join()])
  return known
}
