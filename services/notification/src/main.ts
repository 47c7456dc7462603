/** The notification service as a process. `--help` lists its variables. */
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('notification') // must run before the instrumented modules are imported
const [{ runProcess }, { notification }] = await Promise.all([import('@quadrille/service'), import('./service.ts')])
await runProcess(notification, telemetry)
