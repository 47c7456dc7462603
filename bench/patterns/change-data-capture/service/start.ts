import { startForked } from '../../../src/systems/forked.ts'
import type { FromService, Load, ServiceOptions, Stored } from './protocol.ts'

export interface Service {
  readonly pid: number
  /** Resolves when all of its messages are stored. @throws if a transaction fails. */
  run(load: Load): Promise<readonly Stored[]>
  /** Kills the process. */
  kill(): Promise<void>
}

/** Resolves when the relay is started and connected. */
export const startService = async (options: ServiceOptions): Promise<Service> => {
  const child = startForked<Load, FromService>(new URL('main.ts', import.meta.url), JSON.stringify(options))
  await child.next('ready')
  return {
    pid: child.pid,
    run: async (load) => {
      const stored = child.next('stored')
      child.send(load)
      return (await stored).stored
    },
    kill: () => child.kill(),
  }
}
