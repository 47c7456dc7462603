/** The instances of a service: processes that are started and stopped while the shop runs. */
import { freePort } from '@quadrille/embedded-postgres'
import { type Child, type Command, startChild } from '../../src/systems/child.ts'
import { untilReady } from '../../src/systems/ready.ts'

export interface Instances {
  /** The number of instances that run or start. */
  readonly count: number
  /** The number of instances that were stopped, and have not exited yet. */
  readonly ending: number
  /** The URLs of those that run or start. */
  readonly urls: readonly string[]
  /** The exit codes of the instances that were stopped. Null for one that took longer than 15 s, and was killed. */
  readonly exitCodes: readonly (number | null)[]
  /** Starts the missing instances, or stops the newest ones by SIGTERM. Waits for neither. */
  resize(count: number): Promise<void>
  /** Resolves when all stopped instances have exited. */
  ended(): Promise<void>
  /** The reason if an instance has exited by itself. Otherwise null. */
  failure(): string | null
}

interface Instance {
  readonly url: string
  readonly child: Child
  /** Resolves when it is ready, or has failed. */
  readonly started: Promise<void>
}

/** @param command - starts an instance, with another `PORT` */
export const openInstances = (command: Command): Instances => {
  const running: Instance[] = []
  const stopped: Promise<void>[] = []
  const exitCodes: (number | null)[] = []
  const start = async (): Promise<Instance> => {
    const port = await freePort()
    const child = startChild({ ...command, env: { ...command.env, PORT: String(port) } })
    const url = `http://127.0.0.1:${port}`
    return { child, url, started: untilReady(url, [child]).catch(() => undefined) }
  }
  const stop = async ({ child, started }: Instance): Promise<void> => {
    await started // before that, a signal ends it at once
    await child.stop()
    exitCodes.push(await child.ended)
  }
  return {
    get count() {
      return running.length
    },
    get ending() {
      return stopped.length - exitCodes.length
    },
    get urls() {
      return running.map(({ url }) => url)
    },
    exitCodes,
    resize: async (count) => {
      while (running.length < count) running.push(await start())
      stopped.push(...running.splice(count).map(stop))
    },
    ended: async () => {
      await Promise.all(stopped)
    },
    failure: () => running.map(({ child }) => child.failure()).find((reason) => reason !== null) ?? null,
  }
}
