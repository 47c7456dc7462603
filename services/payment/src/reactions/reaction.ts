import type { choreography } from '@quadrille/events'
import { reactionsOf } from '@quadrille/service'
import type { Payment } from '../domain/payment.ts'

export type Model = typeof choreography.payment

export const reaction = reactionsOf<Model, Payment | undefined>()
