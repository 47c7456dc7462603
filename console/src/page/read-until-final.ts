/** Reads answers again and again, until each is final. */
import { useEffect, useState } from 'preact/hooks'
import { pause } from './pause.ts'

interface FinalReader<Answer> {
  /** Must not throw. */
  readonly read: (id: string, signal: AbortSignal) => Promise<Answer>
  /** Whether it is read no more. */
  readonly isFinal: (answer: Answer) => boolean
}

interface FollowOptions<Answer> extends FinalReader<Answer> {
  readonly ids: readonly string[]
  /** The answers that were read before. */
  readonly known: ReadonlyMap<string, Answer>
  readonly signal: AbortSignal
  /** Called with the answers so far, by their ids. */
  readonly onAnswers: (answers: ReadonlyMap<string, Answer>) => void
}

/** The first pause after all that are not final have been read, ms. Each further one is longer by half. */
const firstPauseMs = 1_000
const maxPauseMs = 15_000

/** Reads them one by one, while the page is visible. Ends without an error if it is stopped. */
export const readUntilFinal = async <Answer>(options: FollowOptions<Answer>): Promise<void> => {
  const { ids, read, isFinal, known, signal, onAnswers } = options
  let answers = known
  let pauseMs = firstPauseMs
  for (;;) {
    const open = ids.filter((id) => {
      const answer = answers.get(id)
      return answer === undefined || !isFinal(answer)
    })
    if (open.length === 0) return
    for (const id of ifVisible(open)) {
      const answer = await read(id, signal)
      if (signal.aborted) return
      answers = new Map(answers).set(id, answer)
      onAnswers(answers)
    }
    await pause(pauseMs, signal)
    if (signal.aborted) return
    pauseMs = Math.min(maxPauseMs, pauseMs * 1.5)
  }
}

/** A hidden page reads nothing. */
const ifVisible = (ids: readonly string[]): readonly string[] => (document.hidden ? [] : ids)

/** Without those that are neither followed nor final: they would stay as they are, though they have changed. */
export const currentAnswers = <Answer>(
  answers: ReadonlyMap<string, Answer>,
  ids: readonly string[],
  isFinal: (answer: Answer) => boolean,
): ReadonlyMap<string, Answer> => new Map([...answers].filter(([id, answer]) => ids.includes(id) || isFinal(answer)))

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
