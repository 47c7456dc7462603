/** The service `loans` as a process. `--help` lists its variables. */
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('loans') // before what it instruments is imported
const [{ runProcess }, { loans }] = await Promise.all([import('@quadrille/service'), import('./service.ts')])
await runProcess(loans, telemetry)
