/** RabbitMQ in Docker, for machines without a rabbitmq-server. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { connect } from 'amqplib'
import { eventually } from './eventually.ts'
import { freePorts } from './ports.ts'

const image = 'rabbitmq:4-management'
const docker = async (...args: string[]): Promise<string> => (await promisify(execFile)('docker', args)).stdout.trim()

/** True where there is a docker command with a daemon behind it. */
export const dockerWorks = (): Promise<boolean> =>
  docker('info', '--format', '{{.ServerVersion}}').then(
    () => true,
    () => false,
  )

/** Starts a container that is removed by `stop`, or when the process that started it dies. */
export const startContainer = async (): Promise<{ url: string; stop(): Promise<void> }> => {
  const { amqp, management } = await freePorts()
  const publish = [`127.0.0.1:${amqp}:5672`, `127.0.0.1:${management}:15672`].flatMap((port) => ['-p', port])
  const id = await docker('run', '--rm', '--detach', ...publish, image)
  const watchdog = spawn('/bin/sh', ['-c', 'read -r _; docker rm --force --volumes "$0"', id], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const stop = async () => {
    const ended = once(watchdog, 'exit')
    watchdog.stdin.end()
    await ended
  }
  const url = `amqp://guest:guest@127.0.0.1:${amqp}`
  const what = `RabbitMQ in Docker (${image}) takes connections at ${url}`
  await eventually(async () => (await connect(url, { timeout: 5_000 })).close(), { seconds: 90, what }).catch(
    async (error: unknown) => {
      await stop()
      throw error
    },
  )
  return { url, stop }
}
