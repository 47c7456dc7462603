import { setTimeout as pause } from 'node:timers/promises'
import type { Child } from './child.ts'

const readyWithinMs = 60_000

/**
 * Waits until the service is ready and connected to its broker, so that the measurement begins in a steady state.
 * @param path - the route that says so, of a server without a broker also /health/live. @throws if one of the processes exits, or it takes longer than 60 s.
 */
export const untilReady = async (url: string, children: readonly Child[], path = '/health/ready'): Promise<void> => {
  for (const begun = performance.now(); performance.now() - begun < readyWithinMs; await pause(50)) {
    const failure = children.map((child) => child.failure()).find((text) => text !== null)
    if (failure) throw new Error(failure)
    if (await isReady(`${url}${path}`)) return
  }
  throw new Error(`${url} was not ready within ${readyWithinMs / 1_000} s.`)
}

const isReady = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url)
    const { status = 'ready' } = JSON.parse((await response.text()) || '{}') as { status?: string }
    return response.ok && status === 'ready' // a product without its broker answers 200 and `degraded`
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return false // it does not listen yet
    throw error
  }
}
