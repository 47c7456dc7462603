/** `npm run audit -- --serve`: the server of the audit as a process. */
import { constants, setPriority } from 'node:os'
import { ConfigError, integer, isLoopback, listenConfig, readConfig } from '@quadrille/service/plain-server'
import { type AuditRunsOptions, createAuditRuns } from '../server/audit-runs.ts'
import { type AuditAddress, startAuditServer } from '../server/audit-server.ts'

const config = listenConfig
  .pick({ HOST: true, AUTH: true, ALLOWED_HOSTS: true })
  .extend({ AUDIT_PORT: integer(0, 65_535).default(3007) })

/**
 * The server has no login, and shows orders. So it is for the loopback; a container, which other containers reach, confirms it by
 * AUTH=off.
 * @throws {ConfigError} for a wrong variable, and beyond the loopback without AUTH=off.
 */
export const readAddress = (env: Readonly<Record<string, string | undefined>>): AuditAddress => {
  const { HOST, AUTH, ALLOWED_HOSTS, AUDIT_PORT } = readConfig(config, env)
  if (!isLoopback(HOST) && AUTH === undefined)
    throw new ConfigError(
      `AUTH is not set: the audit has no login, so HOST=${HOST} needs AUTH=off or a loopback address`,
    )
  return { host: HOST, port: AUDIT_PORT, allowedHosts: ALLOWED_HOSTS }
}

/**
 * Serves the audit until SIGTERM, SIGINT, SIGHUP or the end of its parent, if that has an IPC channel to it, as in `npm start`. Later
 * signals change nothing: Ctrl-C may arrive twice. The parent gets the URL as a message. The process gives way to others, because the
 * shop is more urgent than its audit.
 * @throws {Error} with one line, if the port can't be opened.
 */
export const serve = async (
  audit: Pick<AuditRunsOptions, 'examine' | 'graceMs'>,
  address: AuditAddress,
): Promise<void> => {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  const runs = createAuditRuns(audit)
  const server = await startAuditServer(runs, address)
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop())
  process.once('disconnect', () => stop())
  if (process.send) process.send({ url: server.url }, undefined, undefined, (error) => error && stop())
  else process.stdout.write(`audit: listening on ${server.url}/audit\n`)
  await stopped
  await server.stop()
  process.exit(0) // a run in progress only reads
}
