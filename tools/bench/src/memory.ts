/** The memory of the services' processes during some work. */
import { setTimeout as pause } from 'node:timers/promises'

export interface Watched<Result> {
  readonly result: Result
  /** The largest total of objects and buffers of all services, MB. */
  readonly mostMb: number
}

const everyMs = 250

/** Samples the services at these URLs until `work` ends. If they share a process, pass one of them. */
export const watchMemory = async <Result>(urls: readonly string[], work: Promise<Result>): Promise<Watched<Result>> => {
  let mostMb = 0
  let isOver = false
  const end = () => {
    isOver = true
  }
  work.then(end, end)
  for (; !isOver; await pause(everyMs)) {
    const used = await Promise.all(urls.map(usedBy))
    mostMb = Math.max(mostMb, used.reduce((sum, bytes) => sum + bytes, 0) / 1e6)
  }
  return { result: await work, mostMb: Math.round(mostMb) }
}

const usedBy = async (url: string): Promise<number> => {
  const page = await (await fetch(`${url}/metrics`)).text()
  const read = (metric: string): number => {
    const [, value] = new RegExp(`^${metric} (\\S+)$`, 'm').exec(page) ?? []
    if (value === undefined) throw new Error(`${url}/metrics doesn't show ${metric}.`)
    return Number(value)
  }
  return read('nodejs_heap_size_used_bytes') + read('nodejs_external_memory_bytes')
}
