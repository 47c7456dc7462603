import { alerts, allFailedTraces, type Dashboard, failedTraces, orderTraces, queues, stuckOrders } from './dashboard.ts'

export const failures: Dashboard = {
  uid: 'failures',
  question: 'What failed?',
  panels: [
    {
      title: 'Dead letters',
      description: 'Dead letters that wait for an operator: GET /dead-letters/groups of the service.',
      shows: 'latest value',
      unit: 'short',
      alarmingFrom: 1,
      queries: [
        {
          // 0 if they were counted and there are none; no number if no service could count them
          expr: 'sum(max by (service, reason) (quadrille_dead_letters_parked)) or 0 * max(quadrille_dead_letters_oldest_age_seconds)',
          legend: 'parked',
        },
      ],
      links: [alerts],
    },
    {
      title: 'Oldest dead letter',
      description: 'Age of the oldest dead letter that was neither replayed nor discarded.',
      shows: 'latest value',
      unit: 's',
      alarmingFrom: 3_600,
      queries: [{ expr: 'max(quadrille_dead_letters_oldest_age_seconds)', legend: 'age' }],
      links: [alerts],
    },
    {
      title: 'Unrouted',
      description: 'Messages that were returned to a missing queue.',
      shows: 'latest value',
      unit: 'short',
      alarmingFrom: 1,
      queries: [{ expr: 'max(rabbitmq_detailed_queue_messages{queue="unrouted"})', legend: 'unrouted' }],
      links: [queues],
    },
    {
      title: 'Open circuit breakers',
      description:
        'Work queues whose external system (the gateway, the mail server) does not answer: their tasks wait.',
      shows: 'latest value',
      unit: 'short',
      alarmingFrom: 1,
      queries: [{ expr: 'sum(max by (queue) (quadrille_circuit_open))', legend: 'open' }],
      links: [alerts],
    },
    {
      title: 'Held queues',
      description: 'Queues whose messages all fail with the same error. They wait, and one is retried periodically.',
      shows: 'latest value',
      unit: 'short',
      alarmingFrom: 1,
      queries: [{ expr: 'sum(max by (queue) (quadrille_messages_held))', legend: 'held' }],
      links: [alerts],
    },
    {
      title: 'Dead letters by reason',
      description: 'GET /dead-letters/groups of the service has the details, with the error and the trace of each.',
      shows: 'time series',
      unit: 'short',
      queries: [
        { expr: 'max by (service, reason) (quadrille_dead_letters_parked)', legend: '{{reason}} at {{service}}' },
      ],
      links: [alerts, ...allFailedTraces],
    },
    {
      title: 'Payment gateway errors',
      description: 'Calls per second that timed out or failed. A charge is then looked up or retried.',
      shows: 'time series',
      unit: 'cps',
      queries: [
        {
          expr: 'sum by (operation, kind) (rate(quadrille_gateway_errors_total[$__rate_interval]))',
          legend: '{{operation}}: {{kind}}',
        },
      ],
      links: [failedTraces('payment')],
    },
    {
      title: 'Unfulfilled orders',
      description:
        'Share of settled orders, by reason. Declined, out of stock and cancelled are outcomes, not errors. Many expired orders indicate a fault.',
      shows: 'time series',
      unit: 'percentunit',
      queries: [
        {
          expr: 'sum by (outcome) (rate(quadrille_order_settling_seconds_count{outcome!="fulfilled"}[$__rate_interval])) / ignoring (outcome) group_left sum(rate(quadrille_order_settling_seconds_count[$__rate_interval]))',
          legend: '{{outcome}}',
        },
      ],
      links: [stuckOrders, orderTraces],
    },
    {
      title: 'Notifications',
      description:
        'Notifications per second, by status: whether the mail server accepted them. A permanently rejected one is not sent again, nor is one that a later one has overtaken.',
      shows: 'time series',
      unit: 'cps',
      queries: [
        {
          expr: 'sum by (channel, status) (rate(quadrille_notifications_total[$__rate_interval]))',
          legend: '{{channel}}: {{status}}',
        },
      ],
      links: [alerts],
    },
    {
      title: 'Failed requests',
      description:
        '500: the error is in the log. 503: Postgres is unavailable, or a limit is reached. 499: the client disconnected.',
      shows: 'time series',
      unit: 'reqps',
      queries: [
        {
          // most of these series are always 0
          expr: 'sum by (service, path, status) (rate(quadrille_http_requests_total{status=~"499|5.."}[$__rate_interval])) > 0',
          legend: '{{status}} {{path}} of {{service}}',
        },
      ],
      links: [alerts, ...allFailedTraces],
    },
  ],
}
