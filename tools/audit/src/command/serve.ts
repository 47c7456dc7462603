/** `npm run audit -- --serve`: the server of the audit as a process. */
import { constants, setPriority } from 'node:os'
import { createAuditRuns, type Examine } from '../server/audit-runs.ts'
import { startAuditServer } from '../server/audit-server.ts'

/** @throws if AUDIT_PORT is not a port. */
export const readPort = ({ AUDIT_PORT: port = '' }: Readonly<Record<string, string | undefined>>): number => {
  if (port === '') return 3007
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new Error(`AUDIT_PORT is ${port}; expected a port, from 0 to 65535.`)
  return Number(port)
}

/**
 * Serves the audit until SIGTERM, SIGINT or the end of its parent, if that has an IPC channel to it, as in `npm start`. The parent gets
 * the URL as a message. The process gives way to others, because the shop is more urgent than its audit.
 * @throws {Error} with one line, if the port can't be opened.
 */
export const serve = async (examine: Examine, port: number): Promise<void> => {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  const runs = createAuditRuns({ examine })
  const server = await startAuditServer(runs, port)
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => stop())
  process.once('disconnect', () => stop())
  if (process.send) process.send({ url: server.url }, undefined, undefined, (error) => error && stop())
  else process.stdout.write(`audit: listening on ${server.url}/audit\n`)
  await stopped
  await server.stop()
  process.exit(0) // a run in progress only reads
}
