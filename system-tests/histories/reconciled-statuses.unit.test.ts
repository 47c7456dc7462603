/** `reconcile` must not import the services, so it repeats the statuses of their records. */
import type { InventorySet } from '@quadrille/inventory/tables'
import type { PaymentSet } from '@quadrille/payment/tables'
import type { ReservationRow } from '@quadrille/reconcile/comparisons/inventory'
import type { PaymentRow } from '@quadrille/reconcile/comparisons/payment'
import { expectTypeOf, it } from 'vitest'

it('reconciles every status of a payment', () => {
  type Stored = NonNullable<ReturnType<PaymentSet['of']>>
  expectTypeOf<PaymentRow['status']>().toEqualTypeOf<Stored['status']>()
})

it('reconciles every status of a reservation', () => {
  type Stored = NonNullable<ReturnType<InventorySet['of']>['reservation']>
  expectTypeOf<ReservationRow['status']>().toEqualTypeOf<Stored['status']>()
})
