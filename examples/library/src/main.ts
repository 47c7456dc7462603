/** All services of the library in one process: `npm start`. */
import { exit } from '@quadrille/service/plain-server'
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('library') // must run before the instrumented modules are imported
const { run } = await import('./run.ts')
await run()
await telemetry.stop()
await exit() // a connection to a server that does not answer would keep the process running
