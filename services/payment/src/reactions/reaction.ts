import type { choreography } from '@quadrille/events'
import { reactionsOf } from '@quadrille/service'
import type { Payment } from '../domain/payment.ts'

export const reaction = reactionsOf<typeof choreography.payment, Payment | undefined>()
