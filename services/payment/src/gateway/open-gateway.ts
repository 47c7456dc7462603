import type { Database } from '@quadrille/postgres'
import type { Config } from '../config.ts'
import type { OnGatewayError } from './errors.ts'
import type { Gateway } from './gateway.ts'
import { simulatedGateway } from './simulated/gateway.ts'

/** Resources for the adapters. An adapter uses those that it needs, and the configuration. */
export interface GatewayResources {
  readonly database: Database
  readonly now: () => Date
  readonly onError: OnGatewayError
}

type Open = (resources: GatewayResources, config: Config) => Gateway

const adapters: Readonly<Record<Config['GATEWAY'], Open>> = {
  simulated: simulatedGateway,
}

/** Opens the gateway that `GATEWAY` selects. */
export const openGateway = (config: Config, resources: GatewayResources): Gateway =>
  adapters[config.GATEWAY](resources, config)
