/** A RabbitMQ node in Docker, for machines without a rabbitmq-server. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { connect } from 'amqplib'
import { eventually } from './eventually.ts'
import type { RabbitMqCluster, RabbitMqNode } from './node.ts'
import { freePorts } from './ports.ts'

const image = 'rabbitmq:4-management'

const docker = async (...args: string[]): Promise<string> => (await promisify(execFile)('docker', args)).stdout.trim()

/** True where there is a docker command with a daemon behind it. */
export const dockerWorks = (): Promise<boolean> =>
  docker('info').then(
    () => true,
    () => false,
  )

/**
 * Starts a container. Resolves when it takes connections; the image is pulled first where it isn't there. It is removed by
 * `stop`, or when the process that started it dies.
 */
export const startContainer = async (): Promise<RabbitMqCluster> => {
  const { amqp, management } = await freePorts()
  const published = [`127.0.0.1:${amqp}:5672`, `127.0.0.1:${management}:15672`].flatMap((port) => ['--publish', port])
  const id = await docker('run', '--detach', ...published, image)
  const remove = watchdog(id)
  const url = `amqp://guest:guest@127.0.0.1:${amqp}`
  const ready = () =>
    eventually(async () => (await connect(url, { timeout: 5_000 })).close(), {
      seconds: 90,
      what: `RabbitMQ in Docker (${image}) takes connections at ${url}`,
    })
  const node: RabbitMqNode = {
    name: id,
    url,
    kill: async () => void (await docker('kill', id)),
    start: async () => {
      await docker('start', id)
      await ready()
    },
    pause: async () => void (await docker('pause', id)),
    resume: async () => void (await docker('unpause', id)),
    ctl: (...args) => docker('exec', id, 'rabbitmqctl', '--quiet', ...args),
  }
  await ready().catch(async (error: unknown) => {
    await remove()
    throw error
  })
  return { nodes: [node], stop: remove }
}

/** A shell that removes the container when its input ends: because we close it, or because we have died. */
const watchdog = (id: string): (() => Promise<void>) => {
  const shell = spawn('/bin/sh', ['-c', 'read -r _; docker rm --force --volumes "$0"', id], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  return async () => {
    if (shell.exitCode !== null) return
    const ended = once(shell, 'exit')
    shell.stdin.end()
    await ended
  }
}
