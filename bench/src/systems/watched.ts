/** A product that is watched: the console runs beside it, and one page shows its orders. */
import { urlVariableOf } from '@quadrille/console/config'
import { freePort } from '@quadrille/embedded-postgres'
import { startChild } from './child.ts'
import { openConsolePage } from './console-page.ts'
import type { ProductSystem } from './product.ts'
import { untilReady } from './ready.ts'
import { measuredServices } from './services.ts'
import type { System } from './system.ts'
import { workingTree } from './version.ts'

/** Starts both. The console counts as another server, and the page is part of the benchmark, because browsers run elsewhere. */
export const watch = async (system: ProductSystem): Promise<System> => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = startChild({
    node: workingTree.node,
    script: 'console/src/main.ts',
    cwd: workingTree.root,
    env: {
      PORT: String(port),
      ...Object.fromEntries(measuredServices.map((service) => [urlVariableOf(service), system.urls[service]])),
    },
  })
  const stop = async () => {
    await child.stop()
    await system.stop()
  }
  try {
    await untilReady(url, [child], '/health/live')
  } catch (error) {
    await stop()
    throw error
  }
  const page = openConsolePage(url)
  return {
    ...system,
    processes: [...system.processes, { name: 'console', kind: 'other', child }],
    check: async () => page.failure() ?? (await system.check()),
    stop: async () => {
      await page.close()
      await stop()
    },
  }
}
