/** The dry run and the replay of some dead letters of a service, one after the other. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { post } from '../../api/client.ts'
import type { DeadLetter, Trial } from '../../api/types.ts'
import { operator } from '../../operator.ts'
import { pause } from '../../pause.ts'
import { textOf, tryLetter } from './read-outcome.ts'

/** A dead letter with the result of its dry run. */
export interface Tried {
  readonly letter: DeadLetter
  readonly trial: Trial
}

export interface Progress {
  readonly doing: 'dry run' | 'replay'
  readonly done: number
  readonly of: number
}

export interface ReplayOptions {
  /** Messages sent per second, at most. */
  readonly perSecond: number
  /** The reason, for the record. Empty: none. */
  readonly note: string
}

export interface Repairing {
  /** The results of the dry run of exactly these dead letters. Undefined until it has ended. */
  readonly tried: readonly Tried[] | undefined
  /** Set while something is in progress. */
  readonly progress: Progress | undefined
  /** The action in progress, or otherwise the last one. Default: the dry run. */
  readonly last: Progress['doing']
  /** One line for each dead letter with which the last action failed. */
  readonly failures: readonly string[]
  readonly dryRun: () => Promise<void>
  readonly replay: (options: ReplayOptions) => Promise<void>
  readonly stop: () => void
}

interface RepairOptions {
  readonly service: string
  readonly letters: readonly DeadLetter[]
  /** Called with each dead letter that was sent again. */
  readonly onReplayed: (letter: DeadLetter) => void
}

export const useRepair = ({ service, letters, onReplayed }: RepairOptions): Repairing => {
  const [results, setResults] = useState<{ readonly key: string; readonly tried: readonly Tried[] }>()
  const [progress, setProgress] = useState<Progress>()
  const [last, setLast] = useState<Progress['doing']>('dry run')
  const [failures, setFailures] = useState<readonly string[]>([])
  const stopping = useRef<AbortController>(undefined)
  useEffect(() => () => stopping.current?.abort(), []) // what no longer has a page must not go on unseen
  /** The oldest first, as they were sent at first. */
  const inOrder = letters.toSorted((one, other) => Date.parse(one.firstFailedAt) - Date.parse(other.firstFailedAt))
  const key = inOrder.map(({ id }) => id).join()

  /** Does it to each, until it is stopped. An error concerns one of them, and the others go on. */
  const each = async (doing: Progress['doing'], act: (letter: DeadLetter, signal: AbortSignal) => Promise<void>) => {
    stopping.current = new AbortController()
    const { signal } = stopping.current
    setLast(doing)
    setFailures([])
    for (const [done, letter] of inOrder.entries()) {
      setProgress({ doing, done, of: inOrder.length })
      await act(letter, signal).catch((error: unknown) => {
        if (!signal.aborted) setFailures((before) => [...before, `${letter.type} ${letter.id}: ${textOf(error)}`])
      })
      if (signal.aborted) break
    }
    setProgress(undefined)
  }
  return {
    tried: results?.key === key ? results.tried : undefined,
    progress,
    last,
    failures,
    dryRun: async () => {
      const tried: Tried[] = []
      await each('dry run', async (letter, signal) => {
        tried.push({ letter, trial: await tryLetter(service, letter.id, signal) })
      })
      if (tried.length === inOrder.length) setResults({ key, tried })
    },
    replay: ({ perSecond, note }) =>
      each('replay', async (letter, signal) => {
        const paused = pause(letter === inOrder.at(-1) ? 0 : 1_000 / perSecond, signal)
        await post(`/${service}/dead-letters/${letter.id}/replay`, {
          operator: operator.value,
          body: note === '' ? {} : { note },
        })
        onReplayed(letter)
        await paused
      }),
    stop: () => stopping.current?.abort(),
  }
}
