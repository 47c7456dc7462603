import type { Database } from '@quadrille/postgres'
import type { Config } from '../config.ts'
import type { OnGatewayError } from './errors.ts'
import type { Gateway } from './gateway.ts'
import { simulatedGateway } from './simulated/gateway.ts'

/** What the service has for an adapter. Each takes what it needs of this and of the configuration. */
export interface GatewayResources {
  readonly database: Database
  readonly now: () => Date
  readonly onError: OnGatewayError
}

type Open = (resources: GatewayResources, config: Config) => Gateway

const adapters: Readonly<Record<Config['GATEWAY'], Open>> = {
  simulated: simulatedGateway,
}

/** The gateway that the configuration names. */
export const openGateway = (config: Config, resources: GatewayResources): Gateway =>
  adapters[config.GATEWAY](resources, config)
