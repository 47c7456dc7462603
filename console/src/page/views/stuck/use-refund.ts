/** The payment of an order whose refund was refused, and the person who requested the refund again. */
import { useEffect, useState } from 'preact/hooks'
import type { LoggedOperation, LoggedOperationPage, Payment } from '../../api/types.ts'
import { useOrderResource } from '../../shop/use-order-resource.ts'

export interface Refund {
  /** Undefined until it was read. */
  readonly payment: Payment | undefined
  /** The last request of a person. Undefined without one. */
  readonly request: LoggedOperation | undefined
  /** Reads both soon. */
  readonly reload: () => void
}

/** A refusal changes nothing that the order service knows, so the payment is read at an interval, ms. */
const idleMs = 10_000
/** The interval until the gateway has answered, ms. */
const busyMs = 1_000

export const useRefund = (orderId: string): Refund => {
  const [isRequested, setRequested] = useState(false)
  const everyMs = isRequested ? busyMs : idleMs
  const payment = useOrderResource<Payment>(orderId, `/payment/payments/${orderId}`, everyMs)
  const log = useOrderResource<LoggedOperationPage>(orderId, `/payment/operations?orderId=${orderId}&limit=20`, everyMs)
  const isRefunding = payment.body?.status === 'refunding'
  useEffect(() => setRequested(isRefunding), [isRefunding])
  const reload = () => {
    payment.reload()
    log.reload()
  }
  useEffect(() => log.reload(), [payment.body])
  return {
    payment: payment.body,
    request: log.body?.items.find(({ operation, outcome }) => operation === 'refund_request' && outcome !== 'refused'),
    reload,
  }
}
