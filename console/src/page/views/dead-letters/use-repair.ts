/** The dry run, the replay and the discard of some dead letters of a service, one after the other. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { remove } from '../../api/client.ts'
import type { DeadLetter } from '../../api/types.ts'
import { operator } from '../../operator.ts'
import { pause } from '../../pause.ts'
import { type DryRun, isOfLetters, type Tried } from './dry-run.ts'
import { oneByOne } from './one-by-one.ts'
import { tryLetter } from './read-outcome.ts'
import { replayLetter } from './replay-letter.ts'

export interface Progress {
  readonly doing: 'dry run' | 'replay' | 'discard'
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
  /** The dry run of exactly these dead letters. Undefined until it has ended. */
  readonly tried: DryRun | undefined
  /** Set while something is in progress. */
  readonly progress: Progress | undefined
  /** The last action that has ended, with the number of dead letters with which it succeeded. Undefined before the first. */
  readonly ended: Progress | undefined
  /** One line for each dead letter with which the last action failed. */
  readonly failures: readonly string[]
  readonly dryRun: () => Promise<void>
  /** Of the dead letters of the dry run. */
  readonly replay: (options: ReplayOptions) => Promise<void>
  readonly discard: (reason: string) => Promise<void>
  readonly stop: () => void
}

interface RepairOptions {
  readonly service: string
  readonly letters: readonly DeadLetter[]
  /** Called with each dead letter that was sent again. */
  readonly onReplayed: (letter: DeadLetter) => void
  /** Called with each dead letter that was given up. */
  readonly onDiscarded: (letter: DeadLetter) => void
}

export const useRepair = ({ service, letters, onReplayed, onDiscarded }: RepairOptions): Repairing => {
  const [results, setResults] = useState<DryRun>()
  const [progress, setProgress] = useState<Progress>()
  const [ended, setEnded] = useState<Progress>()
  const [failures, setFailures] = useState<readonly string[]>([])
  const stopping = useRef<AbortController>(undefined)
  useEffect(() => () => stopping.current?.abort(), []) // what no longer has a page must not go on unseen
  /** The oldest first, as they were sent at first. */
  const inOrder = letters.toSorted((one, other) => Date.parse(one.firstFailedAt) - Date.parse(other.firstFailedAt))
  const tried = results && isOfLetters(results, inOrder) ? results : undefined

  /** Does it to each, until it is stopped. */
  const each = async (
    doing: Progress['doing'],
    those: readonly DeadLetter[],
    act: (letter: DeadLetter, signal: AbortSignal) => Promise<void>,
  ) => {
    stopping.current = new AbortController()
    setFailures([])
    let succeeded = 0
    await oneByOne({
      ...{ letters: those, signal: stopping.current.signal },
      act: async (letter, signal) => {
        await act(letter, signal)
        succeeded += 1
      },
      onProgress: (done) => setProgress({ doing, done, of: those.length }),
      onFailure: (line) => setFailures((before) => [...before, line]),
    })
    setEnded({ doing, done: succeeded, of: those.length })
    setProgress(undefined)
  }
  return {
    tried,
    progress,
    ended,
    failures,
    dryRun: async () => {
      setResults(undefined) // if this one fails or is stopped, the one before it says nothing
      const results: Tried[] = []
      await each('dry run', inOrder, async (letter, signal) => {
        results.push({ letter, trial: await tryLetter(service, letter.id, signal) })
      })
      if (results.length === inOrder.length) setResults({ results, endedAt: new Date().toISOString() })
    },
    replay: async ({ perSecond, note }) => {
      const those = tried?.results.map(({ letter }) => letter) ?? []
      await each('replay', those, async (letter, signal) => {
        const paused = pause(letter === those.at(-1) ? 0 : 1_000 / perSecond, signal)
        await replayLetter(`/${service}/dead-letters/${letter.id}`, note)
        onReplayed(letter)
        await paused
      })
    },
    discard: (reason) =>
      each('discard', inOrder, async (letter) => {
        const path = `/${service}/dead-letters/${letter.id}?reason=${encodeURIComponent(reason)}`
        await remove(path, { operator: operator.value })
        onDiscarded(letter)
      }),
    stop: () => stopping.current?.abort(),
  }
}
