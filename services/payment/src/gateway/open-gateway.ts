import type { Database } from '@quadrille/postgres'
import type { Config } from '../config.ts'
import type { OnGatewayError } from './errors.ts'
import type { Gateway } from './gateway.ts'
import { type SimulatedGatewayOptions, simulatedGateway } from './simulated/gateway.ts'

/** Faults that the process adds to the simulated gateway. Default: none. */
export type Simulation = Pick<SimulatedGatewayOptions, 'outage'>

/** Resources for the adapters. An adapter uses those that it needs, and the configuration. */
export interface GatewayResources {
  readonly database: Database
  readonly now: () => Date
  readonly onError: OnGatewayError
  readonly simulation: Simulation
}

type Open = (resources: GatewayResources, config: Config) => Gateway

const adapters: Readonly<Record<Config['GATEWAY'], Open>> = {
  simulated: ({ simulation, ...resources }) => simulatedGateway({ ...resources, ...simulation }),
}

/** Opens the gateway that `GATEWAY` selects. */
export const openGateway = (config: Config, resources: GatewayResources): Gateway =>
  adapters[config.GATEWAY](resources, config)
