/** A RabbitMQ node in Docker, for machines without a rabbitmq-server. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { connect } from 'amqplib'
import type { Certificate } from '../certificates.ts'
import { eventually } from '../eventually.ts'
import { asLines } from './configure.ts'
import type { RabbitMqCluster, RabbitMqNode } from './node.ts'
import { freePorts } from './ports.ts'
import { tlsSettings, writeCertificate } from './tls.ts'

const image = 'rabbitmq:4-management'

const docker = async (...args: string[]): Promise<string> => (await promisify(execFile)('docker', args)).stdout.trim()

/** True if there is a docker command with a running daemon. */
export const dockerWorks = (): Promise<boolean> =>
  docker('info').then(
    () => true,
    () => false,
  )

export interface ContainerOptions {
  /** Enables TLS in addition. */
  readonly certificate?: Certificate | undefined
}

/**
 * Starts a container. Resolves when it accepts connections. A missing image is pulled first. The container is removed by
 * `stop`, or when this process exits.
 */
export const startContainer = async ({ certificate }: ContainerOptions): Promise<RabbitMqCluster> => {
  const { amqp, management, amqps, metrics } = await freePorts()
  const ports = [`${amqp}:5672`, `${management}:15672`, `${amqps}:5671`, `${metrics}:15692`]
  const published = ports.flatMap((port) => ['--publish', `127.0.0.1:${port}`])
  const directory = await mkdtemp(join(tmpdir(), 'quadrille-rabbitmq-'))
  const mounted = certificate ? await mountsOf(directory, certificate) : []
  const id = await docker('run', '--detach', ...published, ...mounted, image)
  const remove = watchdog(id, directory)
  const url = `amqp://guest:guest@127.0.0.1:${amqp}`
  const ready = () =>
    eventually(async () => (await connect(url, { timeout: 5_000 })).close(), {
      seconds: 90,
      what: `RabbitMQ in Docker (${image}) accepts connections at ${url}`,
    })
  const node: RabbitMqNode = {
    name: id,
    url,
    tlsUrl: `amqps://guest:guest@127.0.0.1:${amqps}`,
    metricsAddress: `127.0.0.1:${metrics}`,
    pid: () => null,
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

/** The volumes with the certificate, and with a configuration file that contains its paths. */
const mountsOf = async (directory: string, certificate: Certificate): Promise<string[]> => {
  const [inside, configuration] = ['/etc/quadrille', 'tls.conf']
  await chmod(directory, 0o755) // the node runs as another user
  await writeCertificate(directory, certificate)
  await writeFile(join(directory, configuration), asLines(tlsSettings('5671', inside)))
  const mounts = [`${directory}:${inside}:ro`, `${join(directory, configuration)}:/etc/rabbitmq/conf.d/91-tls.conf`]
  return mounts.flatMap((mount) => ['--volume', mount])
}

/** A shell that removes the container and the folder when its input closes: by `stop`, or because this process exited. */
const watchdog = (id: string, directory: string): (() => Promise<void>) => {
  const remove = 'read -r _; docker rm --force --volumes "$0"; rm -r "$1"'
  const shell = spawn('/bin/sh', ['-c', remove, id, directory], {
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
