/** The parts that the demo breaks and repairs: the payment service, and its gateway. */
import type { BrokenPart } from '@quadrille/console/demo'
import type { ServiceSet } from '../service-set.ts'
import type { Action } from './action.ts'
import type { GatewaySwitch } from './gateway-switch.ts'

/** A part of the shop with two states. */
export interface Breakable {
  readonly isBroken: () => boolean
  /** The answer of an action that has brought the part into this state, or has found it there. */
  readonly broken: Omit<BrokenPart, 'repair'>
  readonly repaired: Omit<BrokenPart, 'repair'>
  readonly breaking: Step
  readonly repairing: Step
}

interface Step extends Pick<Action, 'id' | 'title' | 'effect'> {
  readonly act: () => Promise<void> | void
}

/** The two actions on a part. Each does nothing if the part is in that state already. */
export const breakableActions = ({ isBroken, breaking, repairing, broken, repaired }: Breakable): Action[] => {
  const action = ({ act, ...step }: Step, isDone: () => boolean, { text, lookAt }: Omit<BrokenPart, 'repair'>) => ({
    ...step,
    isAvailable: () => !isDone(),
    act: async () => {
      await act()
      return { text, lookAt, orderIds: [] }
    },
  })
  return [
    { ...action(breaking, isBroken, broken), group: 'break', repairedBy: repairing.id },
    { ...action(repairing, () => !isBroken(), repaired), group: 'repair' },
  ]
}

const orders = { title: 'See the orders that wait', path: '/?status=placed' }
const otherOrders = { title: 'See the orders', path: '/' }

/** The payment service really stops: it listens to no port, and consumes no queue. */
export const paymentService = (services: Pick<ServiceSet, 'isRunning' | 'stopOne' | 'startOne'>): Breakable => ({
  isBroken: () => !services.isRunning('payment'),
  broken: { text: 'The payment service is stopped.', lookAt: orders },
  repaired: { text: 'The payment service runs.', lookAt: otherOrders },
  breaking: {
    id: 'stop-payment',
    title: 'Stop the payment service',
    effect:
      'It stops in this process. Orders are still accepted, and wait. After 30 s they are stuck, and their diagnosis says why.',
    act: () => services.stopOne('payment'),
  },
  repairing: {
    id: 'start-payment',
    title: 'Start the payment service',
    effect: 'The orders that have waited are charged, and end as usual.',
    act: () => services.startOne('payment'),
  },
})

export const gateway = ({ isDown, set }: GatewaySwitch): Breakable => ({
  isBroken: isDown,
  broken: { text: 'The payment gateway is down.', lookAt: orders },
  repaired: { text: 'The payment gateway answers.', lookAt: otherOrders },
  breaking: {
    id: 'stop-gateway',
    title: 'Take the payment gateway down',
    effect: 'No charge is answered. Payment tries again, and then waits until the gateway answers.',
    act: () => set('down'),
  },
  repairing: {
    id: 'start-gateway',
    title: 'Bring the payment gateway back',
    effect: 'Within half a minute payment tries again, and the orders that have waited end as usual.',
    act: () => set('up'),
  },
})
