/** `reconcile` must not import the services, so it repeats the statuses of their records. */
import type { InventorySet } from '@quadrille/inventory/tables'
import type { PaymentSet } from '@quadrille/payment/tables'
import type { Reservation } from '@quadrille/reconcile/comparisons/inventory'
import type { Payment } from '@quadrille/reconcile/comparisons/payment'
import { expectTypeOf, it } from 'vitest'

it('reconciles every status of a payment', () => {
  type Stored = NonNullable<ReturnType<PaymentSet['of']>>
  expectTypeOf<Payment['status']>().toEqualTypeOf<Stored['status']>()
})

it('reconciles every status of a reservation', () => {
  type Stored = NonNullable<ReturnType<InventorySet['of']>['reservation']>
  expectTypeOf<Reservation['status']>().toEqualTypeOf<Stored['status']>()
})
