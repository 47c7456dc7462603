/** A RabbitMQ node of our own on this machine: on free ports, with its data in a temporary folder, gone when the tests end. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { connect } from 'amqplib'
import { eventually } from './eventually.ts'
import { freePorts, type NodePorts } from './ports.ts'

export interface PrivateNode {
  readonly url: string
  /** Like `kill -9`. What was confirmed is on the disk. */
  kill(): Promise<void>
  /** Starts the killed node again, with its data and on the same ports. Resolves when it takes connections. */
  start(): Promise<void>
  /** Runs rabbitmqctl against the node; about two seconds. */
  ctl(...args: string[]): Promise<string>
  /** Kills the node and deletes its data. */
  stop(): Promise<void>
}

/** Debian's scripts in /usr/sbin insist on being root or rabbitmq, those in /usr/lib/rabbitmq/bin don't. */
const folders = [
  '/usr/lib/rabbitmq/bin',
  ...(process.env['PATH'] ?? '').split(delimiter),
  '/opt/homebrew/sbin',
  '/usr/local/sbin',
]

/** The folder of the scripts of RabbitMQ on this machine, or null. */
export const findRabbitMq = (): string | null =>
  folders.find((folder) => isExecutable(join(folder, 'rabbitmq-server'))) ?? null

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // not there, or not for us
  }
}

/** Starts a node. Resolves when it takes connections, after five to ten seconds. */
export const startPrivateNode = async (scripts: string): Promise<PrivateNode> => {
  const directory = await mkdtemp(join(tmpdir(), 'quadrille-rabbitmq-'))
  const ports = await freePorts()
  const env = await configure(directory, ports)
  const url = `amqp://guest:guest@127.0.0.1:${ports.amqp}`
  let running: ChildProcess | undefined
  const kill = async () => {
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const ended = once(running, 'exit')
    running.stdin?.end()
    await ended
  }
  const node: PrivateNode = {
    url,
    kill,
    start: async () => {
      running = launch(scripts, env)
      await takesConnections(running, url, directory)
    },
    ctl: async (...args) => (await promisify(execFile)(join(scripts, 'rabbitmqctl'), ['-q', ...args], { env })).stdout,
    stop: async () => {
      await kill()
      await rm(directory, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  await node.start().catch(async (error) => {
    await node.stop()
    throw error
  })
  return node
}

/**
 * The shell leads a session of its own with everything that the node consists of. It waits for the end of its input, which
 * comes when we close it or die, and then kills the whole group. The node's own death ends the group too.
 */
const launch = (scripts: string, env: NodeJS.ProcessEnv): ChildProcess => {
  const script = `epmd & ( "$0"/rabbitmq-server >"$RABBITMQ_LOG_BASE/out.log" 2>&1; kill -9 -$$ ) & read -r _; kill -9 -$$`
  const cwd = env['HOME'] // a node that crashes leaves a dump where it runs
  return spawn('/bin/sh', ['-c', script, scripts], { env, cwd, detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
}

const takesConnections = (server: ChildProcess, url: string, directory: string): Promise<void> =>
  eventually(async () => (await connect(url, { timeout: 5_000 })).close(), {
    seconds: 60,
    what: `RabbitMQ takes connections at ${url}`,
    stillHope: () => {
      if (server.exitCode === null && server.signalCode === null) return
      throw new Error(`RabbitMQ ended while starting; its last words are in ${directory}/out.log.`)
    },
  })

/** Writes the node's configuration and returns its environment (https://www.rabbitmq.com/docs/configure). */
const configure = async (directory: string, ports: NodePorts): Promise<NodeJS.ProcessEnv> => {
  const settings = {
    'listeners.tcp.1': `127.0.0.1:${ports.amqp}`,
    'management.tcp.ip': '127.0.0.1',
    'management.tcp.port': ports.management,
    'management_agent.disable_metrics_collector': true,
    'disk_free_limit.absolute': '50MB',
    'vm_memory_high_watermark.absolute': '1GB',
    'log.file.level': 'warning',
  }
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`)
  await writeFile(join(directory, 'rabbitmq.conf'), lines.join(''))
  await writeFile(join(directory, 'enabled_plugins'), '[rabbitmq_management].\n')
  return {
    PATH: `${process.env['PATH'] ?? ''}${delimiter}/usr/bin`,
    LANG: 'C.UTF-8',
    HOME: directory, // for the Erlang cookie
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: String(ports.epmd),
    RABBITMQ_NODENAME: 'quadrille@localhost',
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(ports.amqp),
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_MNESIA_BASE: directory,
    RABBITMQ_MNESIA_DIR: join(directory, 'node'),
    RABBITMQ_LOG_BASE: directory,
    RABBITMQ_LOGS: join(directory, 'node.log'),
    RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(directory, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_FEATURE_FLAGS_FILE: join(directory, 'feature_flags'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(directory, 'generated'),
    RABBITMQ_PID_FILE: join(directory, 'pid'),
    // Without these an idle node spins for work that doesn't come (https://www.erlang.org/doc/apps/erts/erl_cmd.html#+sbwt).
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+sbwt none +sbwtdcpu none +sbwtdio none',
    RABBITMQ_CTL_ERL_ARGS: '+sbwt none',
  }
}
