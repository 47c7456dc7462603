import type { PlantedBug } from './bug.ts'
import { auditBugs } from './bugs/audit.ts'
import { brokerBugs } from './bugs/broker.ts'
import { claimBugs } from './bugs/claims.ts'
import { expiryBugs } from './bugs/expiry.ts'
import { faultBugs } from './bugs/faults.ts'
import { gatewayBugs } from './bugs/gateway.ts'
import { httpBugs } from './bugs/http.ts'
import { letterBugs } from './bugs/letters.ts'
import { limitBugs } from './bugs/limits.ts'
import { lockBugs } from './bugs/locks.ts'
import { messagingBugs } from './bugs/messaging.ts'
import { relayBugs } from './bugs/relay.ts'
import { rollingBugs } from './bugs/rolling.ts'
import { serviceBugs } from './bugs/services.ts'
import { shellBugs } from './bugs/shell.ts'

export const plantedBugs: readonly PlantedBug[] = [
  ...auditBugs,
  ...brokerBugs,
  ...claimBugs,
  ...expiryBugs,
  ...faultBugs,
  ...gatewayBugs,
  ...httpBugs,
  ...letterBugs,
  ...limitBugs,
  ...lockBugs,
  ...messagingBugs,
  ...relayBugs,
  ...rollingBugs,
  ...serviceBugs,
  ...shellBugs,
]
