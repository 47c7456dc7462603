/** Typical bugs of choreographies: the real handlers, except for one faulty reaction or task. */
import { type Draft, draft, type Message, type MessageType, type OrderOccasion } from '@quadrille/events'
import { OutcomeUnknown } from '@quadrille/payment/gateway'
import type { Reaction } from '@quadrille/service'
import type { Decision, ReactionMap } from '@quadrille/service/tools'
import {
  type Handlers,
  type InventoryState,
  type NotificationState,
  type OrderState,
  type PaymentState,
  type PaymentTask,
  realHandlers,
  type ShippingState,
} from './handlers.ts'

type React<State> = Reaction<State, Message, Decision<State, Draft, Draft>>
type Wrap<State> = (original: React<State>) => React<State>

/** The reactions, with those to one type or to all types wrapped. */
const wrapped = <State>(
  reactions: ReactionMap<State, Message, Draft>,
  wrap: Wrap<State>,
  only?: MessageType,
): ReactionMap<State, Message, Draft> =>
  new Map([...reactions].map(([type, react]) => [type, only === undefined || type === only ? wrap(react) : react]))

const inOrder = (wrap: Wrap<OrderState>, only?: MessageType): Handlers => ({
  ...realHandlers,
  order: wrapped(realHandlers.order, wrap, only),
})
const inPayment = (wrap: Wrap<PaymentState>, only: MessageType): Handlers => ({
  ...realHandlers,
  payment: wrapped(realHandlers.payment, wrap, only),
})
const inInventory = (wrap: Wrap<InventoryState>, only?: MessageType): Handlers => ({
  ...realHandlers,
  inventory: wrapped(realHandlers.inventory, wrap, only),
})
const inNotification = (wrap: Wrap<NotificationState>, only: MessageType): Handlers => ({
  ...realHandlers,
  notification: wrapped(realHandlers.notification, wrap, only),
})

const inShipping = (wrap: Wrap<ShippingState>, only: MessageType): Handlers => ({
  ...realHandlers,
  shipping: wrapped(realHandlers.shipping, wrap, only),
})

/** A decision without its state. */
const withoutState = <State>({ state: _, ...rest }: ReturnType<React<State>>) => rest

/** A decision with a notification of this occasion, if the customer is known. */
const withNotice = (decision: ReturnType<React<NotificationState>>, occasion: OrderOccasion) => {
  const { orderId, recipient } = decision.state?.addressee ?? {}
  return orderId && recipient
    ? { ...decision, tasks: [draft('Notify', { orderId, occasion, ...recipient })] }
    : decision
}

export const plantedBugs: Readonly<Record<string, Handlers>> = {
  'payment keeps no tombstone of an order that it had not heard of': inPayment(
    (original) => (payment, message, now) => {
      const decision = original(payment, message, now)
      return payment ? decision : withoutState(decision)
    },
    'OrderCancelled',
  ),

  'inventory keeps no tombstone of an order that it had not heard of': inInventory(
    (original) => (state, message, now) => {
      const decision = original(state, message, now)
      return state.reservation ? decision : withoutState(decision)
    },
    'OrderCancelled',
  ),

  'payment overwrites its tombstone when the order comes late': inPayment(
    (original) => (payment, message, now) => original(payment?.status === 'voided' ? undefined : payment, message, now),
    'OrderPlaced',
  ),

  'payment refunds at every OrderCancelled': inPayment(
    (original) => (payment, message, now) =>
      original(payment && 'captured' in payment ? { ...payment, status: 'captured' } : payment, message, now),
    'OrderCancelled',
  ),

  'payment answers a cancellation before the gateway’s last word': inPayment(
    (original) => (payment, message, now) =>
      payment?.status === 'pending'
        ? { state: { ...payment, status: 'voided' }, events: [draft('PaymentVoided', { orderId: message.subject })] }
        : original(payment, message, now),
    'OrderCancelled',
  ),

  'payment keeps what is captured after a cancellation': inPayment(
    (original) => (payment, message, now) =>
      original(payment?.status === 'cancelling' ? { ...payment, status: 'pending' } : payment, message, now),
    'ChargeSucceeded',
  ),

  'payment takes no capture any more once an order is cancelled': inPayment(
    (original) => (payment, message, now) => (payment?.status === 'cancelling' ? {} : original(payment, message, now)),
    'ChargeSucceeded',
  ),

  'payment takes a timeout of the gateway for a decline': {
    ...realHandlers,
    tasks: (ports) =>
      new Map(
        [...realHandlers.tasks(ports)].map(([type, task]) => [type, type === 'Charge' ? declineOnTimeout(task) : task]),
      ),
  },

  'payment charges whatever its books say': {
    ...realHandlers,
    tasks: ({ gateway, payments }) => {
      const begin = async (attempt: { reference: string }) => ({ reference: attempt.reference, attempt: 1 })
      return realHandlers.tasks({ gateway, payments: { ...payments, begin } })
    },
  },

  'inventory loses a release': inInventory(
    (original) => (state, message, now) => {
      const { state: next, ...rest } = original(state, message, now)
      return next ? { ...rest, state: { ...next, stock: state.stock } } : rest
    },
    'OrderCancelled',
  ),

  'inventory ignores what is held already': inInventory((original) => (state, message, now) => {
    const unheld = [...state.stock].map(([sku, stock]) => [sku, { ...stock, reserved: 0 }] as const)
    return message.type === 'PaymentProcessed' || message.type === 'OrderPlaced'
      ? original({ ...state, stock: new Map(unheld) }, message, now)
      : original(state, message, now)
  }),

  'inventory reserves at every PaymentProcessed': inInventory(
    (original) =>
      ({ reservation, stock }, message, now) =>
        reservation?.status === 'reserved'
          ? original({ stock, reservation: { ...reservation, status: 'pending', waitsFor: 'payment' } }, message, now)
          : original({ reservation, stock }, message, now),
    'PaymentProcessed',
  ),

  'inventory gives the goods away at every OrderFulfilled': inInventory(
    (original) =>
      ({ reservation, stock }, message, now) =>
        original({ stock, reservation: reservation && { ...reservation, status: 'reserved' } }, message, now),
    'OrderFulfilled',
  ),

  'an order is settled when payment has answered': inOrder((original) => (order, message, now) => {
    const { state, ...rest } = original(order, message, now)
    if (!state) return rest
    const answered = state.status === 'cancelled' && ['declined', 'voided', 'refunded'].includes(state.payment)
    return { ...rest, state: { ...state, settled: state.settled || answered } }
  }),

  'an order is cancelled although it is fulfilled': inOrder(
    (original) => (order, message, now) =>
      original(order?.status === 'fulfilled' ? { ...order, status: 'paid' } : order, message, now),
    'CancellationRequested',
  ),

  'an order goes back to pending': inOrder(
    (original) => (order, message, now) => original(order && { ...order, payment: 'pending' }, message, now),
    'PaymentProcessed',
  ),

  'a customer is thanked for an order that has ended': inNotification(
    (original) => (correspondence, message, now) => {
      const decision = original(correspondence, message, now)
      return decision.state ? withNotice(decision, 'order_placed') : decision
    },
    'OrderPlaced',
  ),

  'a customer is never thanked': inNotification(
    (original) => (correspondence, message, now) => {
      const { tasks: _, ...rest } = original(correspondence, message, now)
      return rest
    },
    'OrderPlaced',
  ),

  'a customer is told of a refund of nothing': inNotification(
    (original) => (correspondence, message, now) => {
      const decision = original(correspondence, message, now)
      const ofNothing = message.type === 'PaymentRefunded' && message.data.amount === 0
      return ofNothing ? withNotice(decision, 'payment_refunded') : decision
    },
    'PaymentRefunded',
  ),

  'a repeated request dispatches a second parcel': inShipping(
    (original) => (state, message, now) => original({ ...state, parcelWithSameKey: undefined }, message, now),
    'DispatchRequested',
  ),

  'two parcels have the same time': inShipping(
    (original) =>
      ({ shipment, parcelWithSameKey }, message, now) => {
        const { state, ...rest } = original(
          { shipment: shipment && { ...shipment, parcels: [] }, parcelWithSameKey },
          message,
          now,
        )
        const parcels = [...(shipment?.parcels ?? []), ...(state?.shipment?.parcels ?? [])]
        return {
          ...rest,
          ...(state?.shipment && { state: { parcelWithSameKey, shipment: { ...state.shipment, parcels } } }),
        }
      },
    'DispatchRequested',
  ),

  'a customer is told again': inNotification(
    (original) => (correspondence, message, now) => original({ ...correspondence, notifications: [] }, message, now),
    'NotificationDelivered',
  ),
}

const declineOnTimeout = ({ perform }: PaymentTask): PaymentTask => ({
  perform: async (message, attempt) => {
    try {
      return await perform(message, attempt)
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error
      return draft('ChargeDeclined', { orderId: message.subject, gatewayReference: 'none', code: 'timeout' })
    }
  },
})
