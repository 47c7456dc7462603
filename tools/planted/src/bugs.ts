import type { PlantedBug } from './bug.ts'
import { connectionBugs } from './bugs/connections.ts'
import { consoleBugs } from './bugs/console.ts'
import { deadLetterBugs } from './bugs/dead-letters.ts'
import { expiryBugs } from './bugs/expiry.ts'
import { externalSystemBugs } from './bugs/external-systems.ts'
import { faultBugs } from './bugs/faults.ts'
import { gatewayBugs } from './bugs/gateway.ts'
import { httpBugs } from './bugs/http.ts'
import { inspectingBugs } from './bugs/inspecting.ts'
import { lockBugs } from './bugs/locks.ts'
import { messagingBugs } from './bugs/messaging.ts'
import { photoBugs } from './bugs/photos.ts'
import { pipelineBugs } from './bugs/pipeline.ts'
import { processingBugs } from './bugs/processing.ts'
import { questionBugs } from './bugs/questions.ts'
import { relayBugs } from './bugs/relay.ts'
import { rollingBugs } from './bugs/rolling.ts'
import { serviceBugs } from './bugs/services.ts'
import { shippingBugs } from './bugs/shipping.ts'
import { streamBugs } from './bugs/streams.ts'
import { untrustedPeerBugs } from './bugs/untrusted-peers.ts'

export const plantedBugs: readonly PlantedBug[] = [
  ...inspectingBugs,
  ...connectionBugs,
  ...consoleBugs,
  ...expiryBugs,
  ...faultBugs,
  ...externalSystemBugs,
  ...gatewayBugs,
  ...httpBugs,
  ...deadLetterBugs,
  ...untrustedPeerBugs,
  ...lockBugs,
  ...messagingBugs,
  ...photoBugs,
  ...pipelineBugs,
  ...questionBugs,
  ...relayBugs,
  ...rollingBugs,
  ...serviceBugs,
  ...streamBugs,
  ...processingBugs,
  ...shippingBugs,
]
