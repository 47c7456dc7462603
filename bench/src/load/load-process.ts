/** The load as a process of its own, so that its CPU is not that of the benchmark or of the measured system. */
import { startForked } from '../systems/forked.ts'
import type { LoadSpec } from './load.ts'
import type { FromLoad, MeasuredLoad, ToLoad } from './protocol.ts'
import type { ShopOptions } from './shop.ts'

export interface LoadProcess {
  readonly pid: number
  /** The process of its session in Postgres. */
  readonly backendPid: number
  /**
   * Runs a load, and resolves when all of its orders are settled. The load goes on while `beginWindow` works. The window
   * begins when that has resolved, and its `end` is called at the moment at which the window ends.
   * @throws if an order is not accepted or not settled.
   */
  run<Readings>(
    load: LoadSpec,
    beginWindow: () => Promise<{ end(): Promise<Readings> }>,
  ): Promise<{ measured: MeasuredLoad; readings: Readings }>
  /** Kills the process. */
  stop(): Promise<void>
}

export const startLoadProcess = async (shop: ShopOptions): Promise<LoadProcess> => {
  const child = startForked<ToLoad, FromLoad>(new URL('main.ts', import.meta.url), JSON.stringify(shop))
  const { backendPid } = await child.next('opened').catch(async (error: unknown) => {
    await child.kill()
    throw error
  })
  return {
    pid: child.pid,
    backendPid,
    run: async (load, beginWindow) => {
      const [ready, ended, measured] = [child.next('ready'), child.next('ended'), child.next('measured')]
      child.send({ type: 'run', load })
      const begun = ready.then(beginWindow).then((window) => {
        child.send({ type: 'go' })
        return window
      })
      const readings = Promise.all([begun, ended]).then(([window]) => window.end())
      const [read, { measured: result }] = await Promise.all([readings, measured])
      return { measured: result, readings: read }
    },
    stop: () => child.kill(),
  }
}
