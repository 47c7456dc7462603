/** The service `members` as a process. `--help` lists its variables. */
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('members') // must run before the instrumented modules are imported
const [{ runProcess }, { members }] = await Promise.all([import('@quadrille/service'), import('./service.ts')])
await runProcess(members, telemetry)
