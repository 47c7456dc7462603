/** Counts the retries of all instances, over all their restarts, by their metrics. */
import type { Instance } from '../world/instance.ts'

export interface RetryCount {
  /** Reads the metrics of the instances that answer. */
  poll(): Promise<void>
  total(): number
}

interface Seen {
  /** By earlier processes of the instance. */
  readonly before: number
  readonly now: number
}

export const countRetries = (instances: readonly Instance[]): RetryCount => {
  const seen = new Map<string, Seen>()
  const pollOne = async ({ name, url }: Instance) => {
    const now = await read(url)
    if (now === null) return
    const last = seen.get(name) ?? { before: 0, now: 0 }
    seen.set(name, { before: now < last.now ? last.before + last.now : last.before, now })
  }
  return {
    poll: async () => void (await Promise.all(instances.map(pollOne))),
    total: () => [...seen.values()].reduce((sum, { before, now }) => sum + before + now, 0),
  }
}

const timeoutMs = 1_000

/** Null without an answer. */
const read = async (url: string): Promise<number | null> => {
  const page = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(timeoutMs) })
    .then((response) => response.text())
    .catch(() => null) // it is not running, or is busy
  if (page === null) return null
  const counts = [...page.matchAll(/^quadrille_retries_total\{.*\} (\d+)$/gm)].map(([, count]) => Number(count))
  return counts.reduce((sum, count) => sum + count, 0)
}
