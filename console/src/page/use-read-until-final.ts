import { useEffect, useState } from 'preact/hooks'
import { currentAnswers, type FinalReader, readUntilFinal } from './read-until-final.ts'

/** The answers that are known, by their ids. Each of `ids` is read until it is final. Of others only final ones are kept. */
export const useReadUntilFinal = <Answer>(
  ids: readonly string[],
  { read, isFinal }: FinalReader<Answer>,
): ReadonlyMap<string, Answer> => {
  const [answers, setAnswers] = useState<ReadonlyMap<string, Answer>>(new Map())
  const known = currentAnswers(answers, ids, isFinal)
  useEffect(() => {
    const stopping = new AbortController()
    const { signal } = stopping
    void readUntilFinal({ ids, read, isFinal, known, signal, onAnswers: setAnswers })
    return () => stopping.abort()
  }, [ids.join()])
  return known
}
