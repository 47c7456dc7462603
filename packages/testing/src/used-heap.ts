import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Bytes in use after a garbage collection, with the buffers outside of the heap. */
export const usedHeap = (): number => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
  collect() // the first one frees buffers in the background
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
