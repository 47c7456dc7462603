/**
 * The SQL that checks the invariants I1 to I4 on the database of the workflow, at rest, as the audit checks those of Quadrille. It
 * returns a row `wrong` for each kind of fault. This file needs no packages, because the benchmark imports it.
 */
export const check = `
  with gateway as (
    select order_id, sum(captured) as captured, sum(refunded) as refunded, sum(capture_count) as captures,
      sum(refund_count) as refunds, bool_or(status = 'processing') as processing
    from gateway.intent group by order_id
  ), per_order as (
    select o.id, o.status, o.settled, o.currency,
      case o.status when 'fulfilled' then o.total else 0 end as due,
      p.captured, p.refunded, p.manual_reference is not null as by_hand, r.status as reserved,
      coalesce(g.captured, 0) as gateway_captured, coalesce(g.refunded, 0) as gateway_refunded,
      coalesce(g.captures, 0) as captures, coalesce(g.refunds, 0) as refunds, coalesce(g.processing, false) as processing,
      (select count(*) from notification n where n.order_id = o.id and n.occasion = 'order_' || o.status) as notices
    from customer_order o left join payment p on p.order_id = o.id left join gateway g on g.order_id = o.id
      left join reservation r on r.order_id = o.id
  ), line as (
    select sku, status, quantity from reservation, jsonb_to_recordset(lines) as each (sku text, quantity bigint)
  ), per_sku as (
    select s.sku, s.received, s.on_hand, s.reserved,
      coalesce(sum(quantity) filter (where status = 'committed'), 0) as committed,
      coalesce(sum(quantity) filter (where status = 'reserved'), 0) as held
    from stock s left join line using (sku) group by s.sku
  ), fault (text, number) as (
    select 'I1: workflows that have not ended', count(*) from dbos.workflow_status where status <> 'SUCCESS'
    union all select 'I1: accepted orders that are missing', count(*) from dbos.workflow_status w
      where not exists (select from customer_order o where o.id::text = w.workflow_uuid)
    union all select 'I1: orders that are not settled', count(*) from per_order
      where not settled or status not in ('fulfilled', 'cancelled')
    union all select 'I2: orders whose money does not add up', count(*) from per_order
      where captured is null or captured - refunded <> due
    union all select 'I2: orders whose money does not add up at the gateway', count(*) from per_order
      where processing or gateway_captured <> captured
        or gateway_refunded <> case when by_hand then 0 else refunded end
    union all select 'I2: charges without an order', count(*) from gateway g
      where not exists (select from customer_order o where o.id = g.order_id)
    union all select 'I3: SKUs whose stock does not add up', count(*) from per_sku
      where on_hand <> received - committed or reserved <> held
    union all select 'I3: orders whose reservation does not match their end', count(*) from per_order
      where reserved = 'reserved' or (status = 'fulfilled') <> (reserved is not distinct from 'committed')
    union all select 'I4: orders captured or refunded more than once', count(*) from per_order
      where captures > 1 or refunds + by_hand::integer > 1
    union all select 'I4: orders without exactly one notification of their end', count(*) from per_order where notices <> 1
  )
  select number || ' ' || text as wrong from fault where number > 0`
