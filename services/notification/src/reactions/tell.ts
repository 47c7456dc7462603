import { draft, type Occasion } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { ask, type Correspondence, type Recipient, type Request } from '../domain/correspondence.ts'
import type { Decision } from './reaction.ts'

/** Tells the customer, whom an event of the order names. What has waited for the name is told with it. */
export const tellCustomer = (
  correspondence: Correspondence,
  { orderId, customer, currency, total }: Recipient & { readonly orderId: string },
  occasion: Occasion,
): Decision<Correspondence> => decide(correspondence, { orderId, occasion, recipient: { customer, currency, total } })

/** Tells whoever the customer is: at once where that is known, or else when it becomes so. */
export const tellWhenKnown = (
  correspondence: Correspondence,
  { orderId }: { readonly orderId: string },
  occasion: Occasion,
): Decision<Correspondence> => decide(correspondence, { orderId, occasion })

const decide = (correspondence: Correspondence, request: Request): Decision<Correspondence> => {
  const asked = ask(correspondence, request)
  if (!asked) return nothing
  return { state: asked.state, tasks: asked.due.map((notice) => draft('Notify', notice)) }
}
