import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '@quadrille/testing'
import type { World } from '../world/world.ts'
import { type Fault, hitNothing } from './fault.ts'

/** The latest moment of a start at which it is killed, ms. */
const startTakesMs = 2_000

/** Instances of services that are killed, also during their start, stopped, paused, or have a wrong clock. */
export const serviceFaults = ({ instances }: World, random: Random): Fault[] =>
  instances.flatMap((instance): Fault[] => {
    const one = { target: instance.name, part: instance.name }
    return [
      {
        ...one,
        kind: 'service killed',
        lastsMs: [0, 3_000],
        inject: async () => {
          await instance.kill()
          return () => instance.start()
        },
      },
      {
        ...one,
        kind: 'service killed during start',
        lastsMs: [0, 1_000],
        inject: async () => {
          await instance.kill()
          const started = instance.start()
          await pause(random.below(startTakesMs))
          await instance.kill()
          await started
          return () => instance.start()
        },
      },
      {
        ...one,
        kind: 'service stopped',
        lastsMs: [0, 3_000],
        inject: async () => {
          await instance.stop()
          return () => instance.start()
        },
      },
      {
        ...one,
        kind: 'service paused',
        lastsMs: [500, 12_000],
        inject: async () => (instance.signal('SIGSTOP') ? async () => void instance.signal('SIGCONT') : hitNothing),
      },
      {
        ...one,
        kind: 'clock stepped',
        lastsMs: [1_000, 15_000],
        inject: async () => (instance.setClock('wrong') ? async () => void instance.setClock('right') : hitNothing),
      },
    ]
  })
