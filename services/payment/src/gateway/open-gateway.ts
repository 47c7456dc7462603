import type { Config } from '../config.ts'
import type { Gateway } from './gateway.ts'
import { type SimulatedGatewayOptions, simulatedGateway } from './simulated/gateway.ts'

/** The gateway that the configuration names. */
export const openGateway = (name: Config['GATEWAY'], options: SimulatedGatewayOptions): Gateway => {
  switch (name) {
    case 'simulated':
      return simulatedGateway(options)
  }
}
