import type { choreography } from '@quadrille/events'
import { reactionsOf } from '@quadrille/service'
import type { Claim } from '../domain/reservation.ts'

export type Model = typeof choreography.inventory

export const reaction = reactionsOf<Model, Claim>()
