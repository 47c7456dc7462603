/** All services of the library in one process: `npm start`. */
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('library') // must run before the instrumented modules are imported
const { run } = await import('./run.ts')
await run()
await telemetry.stop()
process.exit() // a connection to a server that does not answer would delay it
