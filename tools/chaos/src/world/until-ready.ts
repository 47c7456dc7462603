import { setTimeout as pause } from 'node:timers/promises'

const startsWithinMs = 90_000
const answerWithinMs = 5_000

/** Resolves when the service is ready and connected to its broker. @throws if that takes more than 90 s. */
export const untilReady = async (url: string): Promise<void> => {
  if (!(await isReadyWithin(url, startsWithinMs)))
    throw new Error(`${url} was not ready within ${startsWithinMs / 1_000} s.`)
}

/** Whether the service becomes ready and connected to its broker within this time. */
export const isReadyWithin = async (url: string, ms: number): Promise<boolean> => {
  for (const startedMs = performance.now(); performance.now() - startedMs < ms; await pause(100))
    if ((await statusOf(url)) === 'ready') return true
  return false
}

/** Null without an answer in time. */
const statusOf = async (url: string): Promise<string | undefined | null> => {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(answerWithinMs) })
    return ((await response.json()) as { status?: string }).status
  } catch {
    return null
  }
}
