import { alerts, type Dashboard, orderTraces, stuckOrders } from './dashboard.ts'

/** The time to settle, without expired orders, which take ORDER_TTL. */
const settlingTime = (quantile: number) =>
  `histogram_quantile(${quantile}, sum by (le) (rate(quadrille_order_settling_seconds_bucket{outcome!="expired"}[$__rate_interval])))`

export const orders: Dashboard = {
  uid: 'orders',
  question: 'Are orders flowing?',
  panels: [
    {
      title: 'Open',
      description: 'Orders that are not settled yet.',
      shows: 'latest value',
      unit: 'short',
      queries: [{ expr: 'max(quadrille_orders_open)', legend: 'open' }],
      links: [orderTraces],
    },
    {
      title: 'Stuck',
      description: 'Orders that have been open for longer than expected. The link shows what each of them waits for.',
      shows: 'latest value',
      unit: 'short',
      alarmingFrom: 1,
      queries: [{ expr: 'max(quadrille_orders_stuck)', legend: 'stuck' }],
      links: [stuckOrders],
    },
    {
      title: 'Oldest open',
      description: 'How long the oldest open order has been open.',
      shows: 'latest value',
      unit: 's',
      queries: [{ expr: 'max(quadrille_orders_oldest_age_seconds)', legend: 'age' }],
      links: [stuckOrders],
    },
    {
      title: 'Refused refunds',
      description: 'Cancelled orders whose refund the gateway refused: an operator must act.',
      shows: 'latest value',
      unit: 'short',
      alarmingFrom: 1,
      queries: [{ expr: 'max(quadrille_payments_refund_failed or quadrille_orders_refund_failed)', legend: 'refused' }],
      links: [stuckOrders],
    },
    {
      title: 'Placed and settled',
      description:
        'Orders per second, by outcome. If placed orders exceed the sum of the outcomes for long, orders wait.',
      shows: 'time series',
      unit: 'cps',
      queries: [
        { expr: 'sum(rate(quadrille_orders_placed_total[$__rate_interval]))', legend: 'placed' },
        {
          expr: 'sum by (outcome) (rate(quadrille_order_settling_seconds_count[$__rate_interval]))',
          legend: '{{outcome}}',
        },
      ],
      links: [orderTraces, stuckOrders],
    },
    {
      title: 'Time to settle',
      description: 'Time from placing an order until it is settled, as percentiles of the orders that did not expire.',
      shows: 'time series',
      unit: 's',
      queries: [
        { expr: settlingTime(0.5), legend: 'p50' },
        { expr: settlingTime(0.95), legend: 'p95' },
        { expr: settlingTime(0.99), legend: 'p99' },
      ],
      links: [orderTraces],
    },
    {
      title: 'Open orders',
      description: 'At the limit, new orders are rejected with 503 until some are settled.',
      shows: 'time series',
      unit: 'short',
      queries: [
        { expr: 'max(quadrille_orders_open)', legend: 'open' },
        { expr: 'max(quadrille_orders_stuck)', legend: 'stuck' },
        { expr: 'max(quadrille_orders_open_max)', legend: 'limit' },
      ],
      links: [stuckOrders],
    },
    {
      title: 'Responses to POST /orders',
      description: '202: accepted. 4xx: an error of the client. 429 and 503: a limit is reached.',
      shows: 'time series',
      unit: 'reqps',
      queries: [
        {
          expr: 'sum by (status) (rate(quadrille_http_requests_total{method="POST",path="/orders"}[$__rate_interval]))',
          legend: '{{status}}',
        },
      ],
      links: [alerts],
    },
    {
      title: 'Unchecked orders',
      description:
        'Orders per second that were accepted without a check of their SKUs, because inventory did not answer in time. Questions per second, by outcome.',
      shows: 'time series',
      unit: 'cps',
      queries: [
        { expr: 'sum(rate(quadrille_orders_unchecked_total[$__rate_interval]))', legend: 'unchecked orders' },
        {
          expr: 'sum by (outcome) (rate(quadrille_questions_total[$__rate_interval]))',
          legend: 'questions: {{outcome}}',
        },
      ],
      links: [alerts],
    },
    {
      title: 'Open shipments',
      description: 'Fulfilled orders without a parcel, up to 10,000.',
      shows: 'latest value',
      unit: 'short',
      queries: [{ expr: 'max(quadrille_shipments_open)', legend: 'open' }],
      links: [orderTraces],
    },
    {
      title: 'Oldest open shipment',
      description: 'How long the oldest of them has waited for its first parcel.',
      shows: 'latest value',
      unit: 's',
      queries: [{ expr: 'max(quadrille_shipments_oldest_age_seconds)', legend: 'age' }],
      links: [orderTraces],
    },
    {
      title: 'Shipments and parcels',
      description: 'Fulfilled orders per second that shipping has listed, those with a first parcel, and all parcels.',
      shows: 'time series',
      unit: 'cps',
      queries: [
        { expr: 'sum(rate(quadrille_shipments_total[$__rate_interval]))', legend: 'to be sent' },
        { expr: 'sum(rate(quadrille_shipments_dispatched_total[$__rate_interval]))', legend: 'dispatched' },
        { expr: 'sum(rate(quadrille_parcels_total[$__rate_interval]))', legend: 'parcels' },
      ],
      links: [orderTraces],
    },
  ],
}
