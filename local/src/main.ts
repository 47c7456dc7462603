/** `npm start`: all services in one process, beside Postgres and the console. `npm start -- --help` lists the variables. */
import { drainStandardOutput, exit } from '@quadrille/service/plain-server'
import { startTelemetry } from '@quadrille/service/telemetry'
import { openTerminal } from './terminal/terminal.ts'

const { log } = openTerminal(process.env['LOG_FORMAT'] === 'json' ? 'json' : 'text')
const telemetry = await startTelemetry('quadrille', log) // must run before the instrumented modules are imported
const { run } = await import('./run.ts')
await run(telemetry)
await drainStandardOutput()
await exit() // a connection to a server that does not answer would keep the process running
