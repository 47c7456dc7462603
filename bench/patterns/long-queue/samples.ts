/** The depth of the inbox and the memory of the processes, over time. */
import type { Channel } from 'amqplib'
import { residentMemory } from '../../src/measure/memory.ts'
import { inbox } from './inbox.ts'

export interface Sample {
  /** Since the start, s. */
  readonly second: number
  readonly depth: number
  /** The resident memory, MB. NaN if it is unknown, or if the process does not run. */
  readonly brokerMb: number
  readonly consumerMb: number
}

export interface Sampler {
  /** Samples the memory of this consumer from now on. Null for no consumer. */
  watchConsumer(pid: number | null): void
  samples(): readonly Sample[]
  /** @throws the error that has ended the sampling. */
  stop(): Promise<void>
}

const everyMs = 500

/** @param brokerPid - null if the broker is not on this machine, or in a container */
export const startSampling = (channel: Channel, brokerPid: number | null): Sampler => {
  const [begun, samples, stopping] = [performance.now(), [] as Sample[], new AbortController()]
  let consumerPid: number | null = null
  const memory = (pid: number | null) => (pid === null ? undefined : residentMemory(pid)) ?? Number.NaN
  const run = async () => {
    while (!stopping.signal.aborted) {
      const { messageCount: depth } = await channel.checkQueue(inbox)
      const second = (performance.now() - begun) / 1_000
      samples.push({ second, depth, brokerMb: memory(brokerPid), consumerMb: memory(consumerPid) })
      await new Promise((resolve) => setTimeout(resolve, everyMs))
    }
  }
  const running = run()
  running.catch(() => undefined) // `stop` throws it
  return {
    watchConsumer: (pid) => {
      consumerPid = pid
    },
    samples: () => samples,
    stop: () => {
      stopping.abort()
      return running
    },
  }
}
