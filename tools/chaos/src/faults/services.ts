import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '@quadrille/testing'
import type { World } from '../world/world.ts'
import { type Fault, noTarget } from './fault.ts'

/** A starting instance is killed within this time, ms. */
const startTakesMs = 2_000

/** Instances that are killed, killed during their start, stopped or paused, or that have a wrong clock. */
export const serviceFaults = ({ instances }: World, random: Random): Fault[] =>
  instances.flatMap((instance): Fault[] => {
    const common = { target: instance.name, parts: [instance.name] }
    return [
      {
        ...common,
        kind: 'service killed',
        lastsMs: [0, 3_000],
        inject: async () => {
          await instance.kill()
          return () => instance.start()
        },
      },
      {
        ...common,
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
        ...common,
        kind: 'service stopped',
        lastsMs: [0, 3_000],
        inject: async () => {
          await instance.stop()
          return () => instance.start()
        },
      },
      {
        ...common,
        kind: 'service paused',
        lastsMs: [500, 12_000],
        inject: async () => (instance.signal('SIGSTOP') ? async () => void instance.signal('SIGCONT') : noTarget),
      },
      {
        ...common,
        kind: 'clock stepped',
        lastsMs: [1_000, 15_000],
        inject: async () => (instance.setClock('wrong') ? async () => void instance.setClock('right') : noTarget),
      },
    ]
  })
