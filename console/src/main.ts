/** The console as a process: `node run.mjs console/src/main.ts`. `--help` lists its variables. */
import {
  asksForHelp,
  helpFor,
  logTo,
  nearMisses,
  openStandardOutput,
  readConfig,
} from '@quadrille/service/plain-server'
import { pino } from 'pino'
import { checkExposure, config } from './server/config.ts'
import { startConsole } from './server/server.ts'

/**
 * Runs the console until SIGTERM, SIGINT or the end of its parent, if that has an IPC channel to it, as in `npm start`. The parent
 * gets the URL as a message. If the console can't start, it exits with 1 and a line with the reason.
 */
const runConsole = async (): Promise<void> => {
  if (asksForHelp()) return void process.stdout.write(`The console.\n${helpFor(config)}\n`)
  const variables = readConfig(config, process.env)
  checkExposure(variables)
  const log = pino({ level: variables.LOG_LEVEL, base: null }, logTo(openStandardOutput()))
  for (const line of nearMisses(config, process.env)) log.warn(line)
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop())
  process.once('disconnect', () => stop())
  const running = await startConsole(variables, log)
  log.info({ url: running.url }, 'listening')
  process.send?.({ url: running.url }, undefined, undefined, (error) => error && stop()) // the parent has ended already
  await stopped
  await running.stop()
  process.exit(0)
}

const fail = (error: unknown): never => {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(
    message
      .split('\n')
      .map((line) => `quadrille: console: ${line}\n`)
      .join(''),
  )
  process.exit(1)
}

await runConsole().catch(fail)
