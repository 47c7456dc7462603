import type { Random } from '@quadrille/testing'
import type { World } from '../world/world.ts'
import { badMessageFaults } from './bad-messages.ts'
import { brokerFaults } from './broker.ts'
import { duplicateFaults } from './duplicates.ts'
import type { Fault } from './fault.ts'
import { networkFaults } from './network.ts'
import { postgresFaults } from './postgres.ts'
import { schemaFaults } from './schema.ts'
import { serviceFaults } from './services.ts'

/** All kinds of faults. */
export const allFaults = (world: World, random: Random): Fault[] =>
  [serviceFaults, postgresFaults, schemaFaults, brokerFaults, networkFaults, duplicateFaults, badMessageFaults].flatMap(
    (faultsOf) => faultsOf(world, random),
  )
