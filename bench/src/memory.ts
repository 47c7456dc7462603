/** How much memory the services' processes use, while something goes on. */
import { setTimeout as pause } from 'node:timers/promises'

export interface Memory {
  /** Of all services together, MB, at most in each quarter of the time. */
  readonly heapMb: readonly number[]
}

const everyMs = 500

/** Watches the services at these URLs for as long as `work` takes. Where they share a process, give one of them. */
export const watchMemory = async <Result>(
  urls: readonly string[],
  work: Promise<Result>,
): Promise<Memory & { readonly result: Result }> => {
  const samples: number[] = []
  let isOver = false
  const end = () => {
    isOver = true
  }
  work.then(end, end)
  for (; !isOver; await pause(everyMs)) {
    const heaps = await Promise.all(urls.map(heapOf))
    samples.push(heaps.reduce((sum, bytes) => sum + bytes, 0) / 1e6)
  }
  const quarters = [0, 1, 2, 3].map((quarter) =>
    samples.slice(Math.floor((quarter * samples.length) / 4), Math.ceil(((quarter + 1) * samples.length) / 4)),
  )
  return { result: await work, heapMb: quarters.map((quarter) => Math.round(Math.max(...quarter))) }
}

const heapOf = async (url: string): Promise<number> => {
  const page = await (await fetch(`${url}/metrics`)).text()
  return Number(/^nodejs_heap_size_used_bytes\{.*\} (\S+)$/m.exec(page)?.[1])
}
