import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below the range from which Linux assigns ports to outgoing connections, so that none of them takes it later. */
const range = [15_000, 32_000] as const

/** A free port of 127.0.0.1. */
export const freePort = async (): Promise<number> => {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(...range)
    if (await isFree(port)) return port
  }
  throw new Error(`Found no free port between ${range.join(' and ')}: stop some of the programs that listen there.`)
}

/** Different free ports of 127.0.0.1. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const found = new Set<number>()
  while (found.size < count) found.add(await freePort())
  return [...found]
}

/** Whether a port of 127.0.0.1 is free. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
