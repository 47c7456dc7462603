/** The instances of one service: processes that are started and stopped while the shop runs. */
import { type ServiceProcess, startServiceProcess } from '@quadrille/shop-testing'

export interface Instances {
  /** The number of instances that run or start. */
  readonly count: number
  /** The number of instances that were stopped, and have not exited yet. */
  readonly ending: number
  /** The URLs of those that listen. */
  readonly urls: readonly string[]
  /** The exit codes of the instances that were stopped. Null for one that took longer than 15 s, and was killed. */
  readonly exitCodes: readonly (number | null)[]
  /** Starts the missing instances, or stops the newest ones by SIGTERM. Does not wait for either. */
  resize(count: number): void
  /** Resolves when all started instances listen, and all stopped ones have exited. Does not throw: see `failure`. */
  settled(): Promise<void>
  /** The reason if an instance has not started, or exited by itself. Otherwise null. */
  failure(): string | null
}

/** A service stops within 10 s. */
const stopWithinMs = 15_000

interface Instance {
  readonly process: Promise<ServiceProcess | null>
  url: string | null
}

export const openInstances = (service: string, env: Readonly<Record<string, string>>): Instances => {
  const running: Instance[] = []
  const ending: Promise<void>[] = []
  const exitCodes: (number | null)[] = []
  let stopping = 0
  let failure: string | null = null

  const start = (): Instance => {
    const begin = async () => {
      try {
        const started = await startServiceProcess(service, env)
        instance.url = started.url
        void started.ended.then((code) => {
          if (running.includes(instance)) failure = `${service} exited with ${code}.`
        })
        return started
      } catch (error) {
        failure = String(error)
        return null
      }
    }
    const instance: Instance = { process: begin(), url: null }
    return instance
  }
  const end = async (instance: Instance): Promise<void> => {
    stopping += 1
    const started = await instance.process
    const late = setTimeout(() => started?.end('SIGKILL'), stopWithinMs)
    if (started) exitCodes.push(await started.end())
    clearTimeout(late)
    stopping -= 1
  }

  return {
    get count() {
      return running.length
    },
    get ending() {
      return stopping
    },
    get urls() {
      return running.flatMap(({ url }) => url ?? [])
    },
    exitCodes,
    resize: (count) => {
      while (running.length < count) running.push(start())
      ending.push(...running.splice(count).map(end))
    },
    settled: async () => {
      await Promise.all([...running.map(({ process }) => process), ...ending])
    },
    failure: () => failure,
  }
}
