import { setTimeout as pause } from 'node:timers/promises'
import type { Target } from './target.ts'

const withinMs = 60_000
const pollMs = 500

const answerMs = 5_000

/** Returns a line for each of these photos that is neither ready nor rejected in time. @throws if the run ends early. */
export const unprocessedPhotos = async ({ ports, signal }: Target, ids: readonly string[]): Promise<string[]> => {
  let left = [...ids]
  for (const endMs = performance.now() + withinMs; left.length > 0; ) {
    const statuses = await Promise.all(left.map((id) => statusOf(ports.inventory, id, signal)))
    left = left.filter((_, index) => statuses[index] !== 'ready' && statuses[index] !== 'rejected')
    if (performance.now() > endMs) return left.map((id) => `the photo ${id} is neither ready nor rejected`)
    await pause(pollMs, undefined, { signal })
  }
  return []
}

const statusOf = async (port: number, id: string, ended: AbortSignal): Promise<string | undefined> => {
  const signal = AbortSignal.any([ended, AbortSignal.timeout(answerMs)])
  const response = await fetch(`http://127.0.0.1:${port}/photos/${id}`, { signal })
  const { status } = (await response.json()) as { readonly status?: string }
  return status
}
