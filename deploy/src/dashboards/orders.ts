import { alerts, type Dashboard, orderTraces, stuckOrders } from './dashboard.ts'

/** Without expired orders, which take ORDER_TTL. */
const settlingWithin = (quantile: number) =>
  `histogram_quantile(${quantile}, sum by (le) (rate(quadrille_order_settling_seconds_bucket{outcome!="expired"}[$__rate_interval])))`

export const orders: Dashboard = {
  uid: 'orders',
  question: 'Are orders flowing?',
  panels: [
    {
      title: 'Open',
      description: 'Orders that are not settled yet.',
      shows: 'now',
      unit: 'short',
      queries: [{ expr: 'max(quadrille_orders_open)', legend: 'open' }],
      explainedBy: [orderTraces],
    },
    {
      title: 'Stuck',
      description: 'Orders that have been open for longer than expected. The link shows what each of them waits for.',
      shows: 'now',
      unit: 'short',
      alarmingFrom: 1,
      queries: [{ expr: 'max(quadrille_orders_stuck)', legend: 'stuck' }],
      explainedBy: [stuckOrders],
    },
    {
      title: 'Oldest open',
      description: 'How long the oldest open order has been open.',
      shows: 'now',
      unit: 's',
      queries: [{ expr: 'max(quadrille_orders_oldest_age_seconds)', legend: 'age' }],
      explainedBy: [stuckOrders],
    },
    {
      title: 'Refunds refused',
      description: 'Cancelled orders whose refund the gateway refused: an operator must act.',
      shows: 'now',
      unit: 'short',
      alarmingFrom: 1,
      queries: [{ expr: 'max(quadrille_orders_refund_failed)', legend: 'refused' }],
      explainedBy: [stuckOrders],
    },
    {
      title: 'Placed and settled',
      description: 'Orders per second, by outcome. The two curves coincide when orders flow.',
      shows: 'course',
      unit: 'cps',
      queries: [
        { expr: 'sum(rate(quadrille_orders_placed_total[$__rate_interval]))', legend: 'placed' },
        {
          expr: 'sum by (outcome) (rate(quadrille_order_settling_seconds_count[$__rate_interval]))',
          legend: '{{outcome}}',
        },
      ],
      explainedBy: [orderTraces, stuckOrders],
    },
    {
      title: 'Time to settle',
      description: 'Time from placing an order until it is settled, as percentiles of the orders that did not expire.',
      shows: 'course',
      unit: 's',
      queries: [
        { expr: settlingWithin(0.5), legend: 'p50' },
        { expr: settlingWithin(0.95), legend: 'p95' },
        { expr: settlingWithin(0.99), legend: 'p99' },
      ],
      explainedBy: [orderTraces],
    },
    {
      title: 'Open orders',
      description: 'At the limit further orders get 503, until some are settled.',
      shows: 'course',
      unit: 'short',
      queries: [
        { expr: 'max(quadrille_orders_open)', legend: 'open' },
        { expr: 'max(quadrille_orders_stuck)', legend: 'stuck' },
        { expr: 'max(quadrille_orders_open_max)', legend: 'bound' },
      ],
      explainedBy: [stuckOrders],
    },
    {
      title: 'Answers to POST /orders',
      description: '202 is accepted; 4xx is an error of the client; 429 and 503 mean that a limit is reached.',
      shows: 'course',
      unit: 'reqps',
      queries: [
        {
          expr: 'sum by (status) (rate(quadrille_http_answers_total{method="POST",path="/orders"}[$__rate_interval]))',
          legend: '{{status}}',
        },
      ],
      explainedBy: [alerts],
    },
  ],
}
