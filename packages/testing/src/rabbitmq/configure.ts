/** The configuration of a private node (https://www.rabbitmq.com/docs/configure). */
import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { Certificate } from '../certificates.ts'
import type { NodePorts } from './ports.ts'
import { tlsSettings, writeCertificate } from './tls.ts'

/** Keys and values, in the terms of rabbitmq.conf. */
export type Configuration = Readonly<Record<string, string | number>>

export interface NodeSettings {
  readonly name: string
  /** All nodes of its cluster, including itself. */
  readonly members: readonly string[]
  readonly ports: NodePorts
  /** The port of the port mapper, which the nodes of a cluster share. */
  readonly epmdPort: number
  /** The folder of the Erlang cookie, which the nodes of a cluster share. */
  readonly home: string
  /** The folder for its data and its configuration, created here. */
  readonly directory: string
  /** The folder for its logs. */
  readonly logs: string
  /** Enables TLS in addition. */
  readonly certificate?: Certificate | undefined
  /** Further lines of rabbitmq.conf. */
  readonly configuration?: Configuration | undefined
}

/** Writes the node's configuration and returns its environment. */
export const configure = async (settings: NodeSettings): Promise<NodeJS.ProcessEnv> => {
  const { name, ports, epmdPort, home, directory, logs, certificate } = settings
  await mkdir(directory, { recursive: true })
  if (certificate) await writeCertificate(directory, certificate)
  await writeFile(join(directory, 'rabbitmq.conf'), configurationOf(settings))
  await writeFile(join(directory, 'advanced.config'), advancedConfiguration)
  await writeFile(join(directory, 'enabled_plugins'), '[rabbitmq_management,rabbitmq_prometheus].\n')
  return {
    PATH: `${process.env['PATH'] ?? ''}${delimiter}/usr/bin`,
    LANG: 'C.UTF-8',
    HOME: home,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: String(epmdPort),
    // A node that is killed, or a rabbitmqctl whose node was deleted, would write a dump into its working directory.
    ERL_CRASH_DUMP_SECONDS: '0',
    RABBITMQ_NODENAME: name,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(ports.amqp),
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_MNESIA_BASE: directory,
    RABBITMQ_MNESIA_DIR: join(directory, 'node'),
    RABBITMQ_LOG_BASE: logs,
    RABBITMQ_LOGS: join(logs, `${name}.log`),
    RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(directory, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_FEATURE_FLAGS_FILE: join(directory, 'feature_flags'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(directory, 'generated'),
    RABBITMQ_PID_FILE: pidFileIn(directory),
    // Without these, an idle node busy-waits for work (https://www.erlang.org/doc/apps/erts/erl_cmd.html#+sbwt).
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+sbwt none +sbwtdcpu none +sbwtdio none',
    RABBITMQ_CTL_ERL_ARGS: '+sbwt none',
  }
}

/**
 * After a crash of a node, a retry queue may wait for a lost confirm, and moves no messages until this timeout, ms.
 * RabbitMQ's default is 180,000, which is longer than an order may be open in a fault run.
 */
const advancedConfiguration = '[{rabbit, [{dead_letter_worker_publisher_confirm_timeout, 5000}]}].\n'

/** The file with the node's process id. */
export const pidFileIn = (directory: string): string => join(directory, 'pid')

/** In the format of rabbitmq.conf. */
export const asLines = (settings: Readonly<Record<string, unknown>>): string =>
  Object.entries(settings)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('')

const configurationOf = ({ ports, members, directory, certificate, configuration }: NodeSettings): string =>
  asLines({
    'listeners.tcp.1': `127.0.0.1:${ports.amqp}`,
    'management.tcp.ip': '127.0.0.1',
    'management.tcp.port': ports.management,
    'prometheus.tcp.ip': '127.0.0.1',
    'prometheus.tcp.port': ports.metrics,
    'management_agent.disable_metrics_collector': true,
    'disk_free_limit.absolute': '50MB',
    'vm_memory_high_watermark.absolute': '1GB',
    'log.file.level': 'warning',
    frame_max: 8_192,
    ...(members.length > 1 && clusterOf(members)),
    ...(certificate && tlsSettings(`127.0.0.1:${ports.amqps}`, directory)),
    ...configuration,
  })

/**
 * The nodes find each other by this list
 * (https://www.rabbitmq.com/docs/cluster-formation#peer-discovery-classic-config).
 */
const clusterOf = (members: readonly string[]) => ({
  cluster_partition_handling: 'pause_minority',
  'cluster_formation.peer_discovery_backend': 'classic_config',
  ...Object.fromEntries(
    members.map((member, index) => [`cluster_formation.classic_config.nodes.${index + 1}`, member]),
  ),
})
