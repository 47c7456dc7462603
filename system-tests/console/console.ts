/** A console in front of a running system. */
import { config } from '@quadrille/console/config'
import { type RunningConsole, startConsole } from '@quadrille/console/server'
import { serviceNames } from '@quadrille/events'
import { readConfig } from '@quadrille/service'
import { pino } from 'pino'
import type { System } from '../systems.ts'

interface Around {
  /** A service at whose address nothing listens. */
  readonly down?: string
  /** Default: the console has no audit. */
  readonly auditUrl?: string
}

/** Starts the console on a free port. */
export const startConsoleFor = (
  { urls }: Pick<System, 'urls'>,
  { down, auditUrl }: Around = {},
): Promise<RunningConsole> => {
  const known: Readonly<Record<string, string | undefined>> = { ...urls }
  const addresses = serviceNames.map((name) => [
    `${name.toUpperCase()}_URL`,
    name === down ? 'http://127.0.0.1:9' : known[name],
  ])
  const variables = { PORT: '0', AUDIT_URL: auditUrl, ...Object.fromEntries(addresses) }
  return startConsole(readConfig(config, variables), pino({ level: 'warn' }))
}
