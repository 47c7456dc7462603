/** Samples the memory of the services' processes while some work runs. */
import { setTimeout as pause } from 'node:timers/promises'
import { sumOf } from '../measure/prometheus.ts'

export interface Watched<Result> {
  readonly result: Result
  /** The peak of the heap and external memory of all services together, MB. */
  readonly peakMb: number
  /** The first error of a sample that could not be read, which an overloaded service may cause. */
  readonly unread: string | null
}

const sampleEveryMs = 250

/** Samples the services at these URLs until `work` ends. If they share a process, pass one of them. */
export const watchMemory = async <Result>(urls: readonly string[], work: Promise<Result>): Promise<Watched<Result>> => {
  let peakMb = 0
  let unread: string | null = null
  let isOver = false
  const end = () => {
    isOver = true
  }
  work.then(end, end)
  for (; !isOver; await pause(sampleEveryMs)) {
    try {
      const used = await Promise.all(urls.map(usedBy))
      peakMb = Math.max(peakMb, used.reduce((sum, bytes) => sum + bytes, 0) / 1e6)
    } catch (error) {
      unread ??= String(error)
    }
  }
  return { result: await work, peakMb: Math.round(peakMb), unread }
}

const usedBy = async (url: string): Promise<number> => {
  const response = await fetch(`${url}/metrics`)
  const page = await response.text()
  if (!response.ok) throw new Error(`${url}/metrics responded ${response.status}: ${page}`)
  const used = sumOf(page, 'nodejs_heap_size_used_bytes') + sumOf(page, 'nodejs_external_memory_bytes')
  if (Number.isNaN(used)) throw new Error(`${url}/metrics doesn't show the memory.`)
  return used
}
