/** The notification service as a process. `--help` lists its variables. */
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('notification') // before what it instruments is imported
const [{ runProcess }, { notification }] = await Promise.all([import('@quadrille/service'), import('./service.ts')])
await runProcess(notification, telemetry)
