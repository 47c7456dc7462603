/** The shop by two-phase commit: one transaction over four databases for each order. */
import { port, required, stopAtSigterm } from '../shop/environment.ts'
import { openFront } from '../shop/front.ts'
import { commitOrder } from './coordinator.ts'
import { createDatabases } from './participants.ts'
import { startRecovery } from './recovery.ts'

await createDatabases()
const recovery = startRecovery(Number(required('RECOVER_AFTER_MS')))
const coordinator = required('COORDINATOR')
const close = await openFront({ port: port(), accept: (order) => commitOrder(order, coordinator) })
stopAtSigterm(async () => {
  await close()
  await recovery.stop()
})
