import { setTimeout as pause } from 'node:timers/promises'

const withinMs = 90_000

/** Resolves when the service is ready and connected to its broker. @throws if that takes more than 90 s. */
export const untilReady = async (url: string): Promise<void> => {
  for (const startedMs = performance.now(); performance.now() - startedMs < withinMs; await pause(100)) {
    const response = await fetch(`${url}/health/ready`)
    const { status } = (await response.json()) as { status?: string }
    if (status === 'ready') return
  }
  throw new Error(`${url} was not ready within ${withinMs / 1_000} s.`)
}
