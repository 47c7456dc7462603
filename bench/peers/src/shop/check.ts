/**
 * The SQL that checks the tables of a peer. It returns a row `wrong` for each kind of fault, and no row if every order is settled
 * with its money and stock. This file needs no packages, because the benchmark imports it.
 */
export const check = `
  with per_order as (
    select o.id, o.settled, o.total,
      (select count(*) from payment.payment p where p.order_id = o.id) as payments,
      (select count(*) from gateway.charge c where c.idempotency_key = o.id and c.amount = o.total) as charges,
      (select count(*) from inventory.reservation r where r.order_id = o.id and r.status = 'committed') as reservations,
      (select count(*) from notification.notification n where n.order_id = o.id) as notifications
    from customer_order o
  ), per_sku as (
    select s.sku, s.initial, s.on_hand, s.reserved,
      coalesce(sum(r.quantity) filter (where r.status = 'committed'), 0) as shipped,
      coalesce(sum(r.quantity) filter (where r.status = 'reserved'), 0) as held
    from inventory.stock s left join inventory.reservation r using (sku) group by s.sku
  ), fault (text, number) as (
    select 'orders that are not settled', count(*) from per_order where not settled
    union all select 'orders without exactly one payment', count(*) from per_order where payments <> 1
    union all select 'orders without exactly one charge of their total', count(*) from per_order where charges <> 1
    union all select 'orders without exactly one committed reservation', count(*) from per_order where reservations <> 1
    union all select 'orders without exactly one notification', count(*) from per_order where notifications <> 1
    union all select 'payments without an order', count(*) from payment.payment p
      where not exists (select from customer_order o where o.id = p.order_id)
    union all select 'reservations without an order', count(*) from inventory.reservation r
      where not exists (select from customer_order o where o.id = r.order_id)
    union all select 'SKUs whose stock does not add up', count(*) from per_sku
      where on_hand <> initial - shipped or reserved <> held
  )
  select number || ' ' || text as wrong from fault where number > 0`
