/** The parcels of a fulfilled order, or who announces the first one. */
import type { Order, WhereaboutsList } from '../../api/types.ts'
import { Fact } from '../../parts/fact.tsx'
import { useOrderResource } from '../../shop/use-order-resource.ts'

export const Dispatched = ({ order: { id, shipments } }: { readonly order: Order }) => {
  const [first] = shipments
  if (!first) return <NotDispatched orderId={id} />
  return (
    <Fact name="Dispatched">
      {shipments.length === 1 ? (
        <>
          {first.carrier} <span class="id">{first.trackingCode}</span>
        </>
      ) : (
        <>{shipments.length} parcels</>
      )}
    </Fact>
  )
}

/** Nothing if the shop runs without shipping, or until shipping has handled the event by which it knows the order. */
const NotDispatched = ({ orderId }: { readonly orderId: string }) => {
  const { body } = useOrderResource<WhereaboutsList>(orderId, `/shipping/whereabouts?orderId=${orderId}`)
  if (!body?.items[0]?.handled.includes('OrderFulfilled')) return null
  return (
    <Fact name="Dispatched">
      <span class="faint">not yet</span>
      <p class="note">
        The warehouse reports each parcel to shipping by <code>{'POST /shipments/{orderId}/dispatch'}</code>. There is
        no deadline.
      </p>
    </Fact>
  )
}
