/**
 * Our own RabbitMQ node on this machine: on free ports, with its data in a temporary folder, deleted after the tests.
 */
import { type ChildProcess, execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { connect } from 'amqplib'
import { eventually } from '../eventually.ts'
import { configure, type NodeSettings, pidFileIn } from './configure.ts'
import { type Installation, quoted } from './installation.ts'
import type { RabbitMqNode } from './node.ts'
import { hasEnded, killGroup, startGroup } from './process-group.ts'

/**
 * Like a supervisor, a test restarts a node that has exited: when all nodes of a cluster start at once, RabbitMQ 3.10
 * sometimes exits with `incompatible_feature_flags`.
 */
const maxStarts = 3

/** Configures a node, which is not started yet. Its port mapper must be running. */
export const privateNode = async (rabbitMq: Installation, settings: NodeSettings): Promise<RabbitMqNode> => {
  const { name, ports, directory, logs } = settings
  const env = await configure(settings)
  const url = `amqp://guest:guest@127.0.0.1:${ports.amqp}`
  const command = `${quoted(rabbitMq('rabbitmq-server'))} >'${logs}/${name}.out.log' 2>&1`
  const pid = () => Number(readFileSync(pidFileIn(directory), 'utf8'))
  const signal = (what: NodeJS.Signals) => process.kill(pid(), what)
  let running: ChildProcess | undefined
  let wanted = false
  return {
    name,
    url,
    tlsUrl: `amqps://guest:guest@127.0.0.1:${ports.amqps}`,
    metricsAddress: `127.0.0.1:${ports.metrics}`,
    pid,
    kill: () => {
      wanted = false
      return killGroup(running)
    },
    start: async () => {
      wanted = true
      for (let starts = 1; ; starts += 1) {
        const server = startGroup(command, env)
        running = server
        try {
          return await untilItAcceptsConnections(server, { url, logs })
        } catch (error) {
          if (!wanted || !hasEnded(server) || starts === maxStarts) throw error
        }
      }
    },
    pause: async () => void signal('SIGSTOP'),
    resume: async () => void signal('SIGCONT'),
    ctl: async (...args) => {
      const [program, ...rest] = rabbitMq('rabbitmqctl', '-q', ...args)
      return (await promisify(execFile)(program, rest, { env })).stdout
    },
  }
}

const untilItAcceptsConnections = (server: ChildProcess, { url, logs }: { url: string; logs: string }): Promise<void> =>
  eventually(async () => (await connect(url, { timeout: 5_000 })).close(), {
    seconds: 60,
    what: `RabbitMQ accepts connections at ${url}`,
    checkAlive: () => {
      if (hasEnded(server)) throw new Error(`RabbitMQ exited while starting; its logs are in ${logs}.`)
    },
  })
