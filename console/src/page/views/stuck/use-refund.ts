/** The payment of an order whose refund was refused. */
import { useEffect, useState } from 'preact/hooks'
import type { Payment } from '../../api/types.ts'
import { useOrderResource } from '../../shop/use-order-resource.ts'
import type { Resource } from '../../use-resource.ts'

/** A refusal changes nothing that the order service knows, so the payment is read at an interval, ms. */
const idleMs = 10_000
/** The interval until the gateway has answered, ms. */
const busyMs = 1_000

export const useRefund = (orderId: string): Resource<Payment> => {
  const [isRequested, setRequested] = useState(false)
  const everyMs = isRequested ? busyMs : idleMs
  const payment = useOrderResource<Payment>(orderId, `/payment/payments/${orderId}`, everyMs)
  const isRefunding = payment.body?.status === 'refunding'
  useEffect(() => setRequested(isRefunding), [isRefunding])
  return payment
}
