import type { Random, TcpProxy } from '@quadrille/testing'
import type { World } from '../world/world.ts'
import { endsAtOnce, type Fault, type Heal } from './fault.ts'

interface Link {
  readonly to: string
  readonly target: string
  readonly proxy: TcpProxy
}

/** Faults between an instance and Postgres or RabbitMQ. */
export const networkFaults = ({ instances }: World, random: Random): Fault[] =>
  instances.flatMap(({ name, toPostgres, toRabbitMq }) => [
    ...linkFaults({ to: 'Postgres', target: `${name} to Postgres`, proxy: toPostgres }, random),
    ...linkFaults({ to: 'RabbitMQ', target: `${name} to RabbitMQ`, proxy: toRabbitMq }, random),
  ])

const directions = ['to the server', 'to the client'] as const

const linkFaults = ({ to, target, proxy }: Link, random: Random): Fault[] => {
  const fault = (kind: string, lastsMs: Fault['lastsMs'], start: () => Heal): Fault => ({
    kind: `${to} ${kind}`,
    target,
    parts: [target],
    lastsMs,
    inject: async () => start(),
  })
  return [
    fault('slow network', [1_000, 8_000], () => {
      proxy.delay(20 + random.below(200))
      return async () => proxy.delay(0)
    }),
    fault('connections cut', [0, 1], () => {
      proxy.cut()
      return endsAtOnce
    }),
    fault('unreachable', [200, 6_000], () => {
      proxy.refuse()
      return async () => proxy.accept()
    }),
    fault('one-way network', [500, 8_000], () => {
      proxy.hold(random.pick(directions))
      return async () => proxy.release()
    }),
    fault('frame cut in two', [100, 2_000], () => {
      proxy.truncate(random.pick(directions))
      return async () => proxy.truncate(null)
    }),
  ]
}
