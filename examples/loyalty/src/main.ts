/** The loyalty service as a process. */
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('loyalty') // must run before the instrumented modules are imported
const [{ runProcess }, { loyalty }] = await Promise.all([import('@quadrille/service'), import('./service.ts')])
await runProcess(loyalty, telemetry)
