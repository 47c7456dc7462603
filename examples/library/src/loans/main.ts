/** The service `loans` as a process. `--help` lists its variables. */
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('loans') // must run before the instrumented modules are imported
const [{ runProcess }, { loans }] = await Promise.all([import('@quadrille/service'), import('./service.ts')])
await runProcess(loans, telemetry)
