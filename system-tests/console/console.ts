/** A console in front of a running system. */
import { config } from '@quadrille/console/config'
import { type RunningConsole, startConsole } from '@quadrille/console/server'
import { serviceNames } from '@quadrille/events'
import { readConfig } from '@quadrille/service'
import { pino } from 'pino'
import type { System } from '../systems.ts'

/** Starts the console on a free port. `down`: a service at whose address nothing listens. */
export const startConsoleFor = (
  { urls }: Pick<System, 'urls'>,
  { down }: { readonly down?: string } = {},
): Promise<RunningConsole> => {
  const known: Readonly<Record<string, string | undefined>> = { ...urls }
  const addresses = serviceNames.map((name) => [
    `${name.toUpperCase()}_URL`,
    name === down ? 'http://127.0.0.1:9' : known[name],
  ])
  return startConsole(readConfig(config, { PORT: '0', ...Object.fromEntries(addresses) }), pino({ level: 'warn' }))
}
