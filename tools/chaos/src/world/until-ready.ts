import { setTimeout as pause } from 'node:timers/promises'

const startsWithinMs = 90_000
const answerWithinMs = 5_000

/**
 * Resolves when the service is ready and connected to its broker.
 * @param withinMs - default 90 s. @throws if that takes longer; the cause is the result of the last request.
 */
export const untilReady = async (url: string, withinMs = startsWithinMs): Promise<void> => {
  const startedMs = performance.now()
  for (;;) {
    const cause = await whyNotReady(url)
    if (cause === null) return
    if (performance.now() - startedMs >= withinMs)
      throw new Error(`${url} was not ready within ${withinMs / 1_000} s.`, { cause })
    await pause(100)
  }
}

/** Whether the service becomes ready and connected to its broker within this time. */
export const isReadyWithin = async (url: string, ms: number): Promise<boolean> => {
  try {
    await untilReady(url, ms)
    return true
  } catch {
    return false
  }
}

/** Null if it is ready, otherwise its answer or the error of the request. */
const whyNotReady = async (url: string): Promise<unknown> => {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(answerWithinMs) })
    const text = await response.text()
    const { status } = JSON.parse(text) as { status?: string }
    return status === 'ready' ? null : new Error(`The response was ${text}`)
  } catch (error) {
    return error
  }
}
