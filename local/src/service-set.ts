/** The services of one process, of which one can be stopped and started again while the others go on. */
import { limitConcurrency } from '@quadrille/async'
import type { ServiceName } from '@quadrille/events'
import type { RunningService } from '@quadrille/service'
import { portOf } from './port-of.ts'

export interface ServiceSet {
  running(): readonly RunningService[]
  isRunning(name: ServiceName): boolean
  /** Resolves when it has stopped. Does nothing if it does not run. */
  stopOne(name: ServiceName): Promise<void>
  /** Starts it at its former address. Does nothing if it runs. @throws if it can't be started. */
  startOne(name: ServiceName): Promise<void>
  /** Resolves when all have stopped. None starts any more. */
  stop(): Promise<void>
}

/** Starts a service at this port. */
type Start = (name: ServiceName, port: number) => Promise<RunningService>

/** Changes are made one after the other. */
export const createServiceSet = (started: readonly RunningService[], start: Start): ServiceSet => {
  const running = new Map(started.map((service) => [service.name, service]))
  const ports = new Map(started.map(({ name, url }) => [name, portOf(url)]))
  let isStopping = false
  const inTurn = limitConcurrency(1)
  return {
    running: () => [...running.values()],
    isRunning: (name) => running.has(name),
    stopOne: (name) =>
      inTurn(async () => {
        const service = running.get(name)
        running.delete(name)
        await service?.stop()
      }),
    startOne: (name) =>
      inTurn(async () => {
        if (isStopping) throw new Error('The shop is stopping.')
        if (!running.has(name)) running.set(name, await start(name, ports.get(name) ?? 0))
      }),
    stop: () => {
      isStopping = true
      return inTurn(async () => {
        await Promise.all([...running.values()].map((service) => service.stop()))
      })
    },
  }
}
