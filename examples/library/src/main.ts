/** All services of the library in one process: `npm start`. */
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('library') // before what it instruments is imported
const { run } = await import('./run.ts')
await run()
await telemetry.stop()
