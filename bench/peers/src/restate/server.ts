/** Starts the Restate server from npm in place of this process. */
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dataFolder } from '../shop/environment.ts'
import { choosePorts } from './ports.ts'

/** Finds the binary as the launcher of the package does. */
const binaryPath = (): string => {
  const launcher = createRequire(import.meta.url).resolve('@restatedev/restate-server/package.json')
  return createRequire(launcher).resolve(`@restatedev/restate-server-${platform()}-${arch()}/bin/restate-server`)
}

if (!process.execve) throw new Error('Restate does not run here: Node cannot replace a process on this system.')
const folder = `${dataFolder()}/restate`
mkdirSync(folder, { recursive: true })
const { admin, ingress, node } = await choosePorts()
const { HOME, RESTATE_DEFAULT_NUM_PARTITIONS } = process.env

/**
 * Replaces this process with the server, so that the benchmark measures the server alone. The configuration is the default, with
 * which the log is written with fsync (`rocksdb-disable-wal-fsync` is false, https://docs.restate.dev/references/server-config),
 * except for the address, the folder, the logging and the partitions of the tuned peer. Telemetry is off; at its start the server
 * nevertheless looks for a newer version on GitHub, which cannot be turned off, and is not needed.
 */
process.execve(binaryPath(), ['restate-server', '--no-logo'], {
  HOME,
  ...(RESTATE_DEFAULT_NUM_PARTITIONS && { RESTATE_DEFAULT_NUM_PARTITIONS }),
  RESTATE_BASE_DIR: folder,
  RESTATE_BIND_IP: '127.0.0.1',
  RESTATE_ADVERTISED_HOST: '127.0.0.1',
  RESTATE_LISTEN_MODE: 'tcp',
  RESTATE_BIND_PORT: String(node),
  RESTATE_ADMIN__BIND_PORT: String(admin),
  RESTATE_INGRESS__BIND_PORT: String(ingress),
  RESTATE_LOG_FILTER: 'error,octocrab=off',
  RESTATE_DISABLE_TELEMETRY: 'true',
})
