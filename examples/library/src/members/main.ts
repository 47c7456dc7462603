/** The service `members` as a process. `--help` lists its variables. */
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('members') // before what it instruments is imported
const [{ runProcess }, { members }] = await Promise.all([import('@quadrille/service'), import('./service.ts')])
await runProcess(members, telemetry)
