import { alerts, allFailedTraces, type Dashboard, failedTraces, orderTraces, queues, stuckOrders } from './dashboard.ts'

export const failures: Dashboard = {
  uid: 'failures',
  question: 'What failed?',
  panels: [
    {
      title: 'Dead letters',
      description: 'Dead letters that wait for an operator: GET /dead-letters/groups of the service.',
      shows: 'now',
      unit: 'short',
      alarmingFrom: 1,
      queries: [
        { expr: 'sum(max by (service, reason) (quadrille_dead_letters_parked)) or vector(0)', legend: 'parked' },
      ],
      explainedBy: [alerts],
    },
    {
      title: 'Oldest dead letter',
      description: 'How long it has been neither replayed nor discarded.',
      shows: 'now',
      unit: 's',
      alarmingFrom: 3_600,
      queries: [{ expr: 'max(quadrille_dead_letters_oldest_age_seconds)', legend: 'age' }],
      explainedBy: [alerts],
    },
    {
      title: 'Unrouted',
      description: 'Messages that were returned to a missing queue.',
      shows: 'now',
      unit: 'short',
      alarmingFrom: 1,
      queries: [{ expr: 'max(rabbitmq_detailed_queue_messages{queue="unrouted"})', legend: 'unrouted' }],
      explainedBy: [queues],
    },
    {
      title: 'Circuits open',
      description:
        'Work queues whose external system (the gateway, the mail server) does not answer: their tasks wait.',
      shows: 'now',
      unit: 'short',
      alarmingFrom: 1,
      queries: [{ expr: 'sum(max by (queue) (quadrille_circuit_open))', legend: 'open' }],
      explainedBy: [alerts],
    },
    {
      title: 'Queues held',
      description: 'Queues whose messages all fail alike: they wait, and one is tried periodically.',
      shows: 'now',
      unit: 'short',
      alarmingFrom: 1,
      queries: [{ expr: 'sum(max by (queue) (quadrille_messages_held))', legend: 'held' }],
      explainedBy: [alerts],
    },
    {
      title: 'Dead letters by reason',
      description: 'GET /dead-letters/groups of the service has the details, with the error and the trace of each.',
      shows: 'course',
      unit: 'short',
      queries: [
        { expr: 'max by (service, reason) (quadrille_dead_letters_parked)', legend: '{{reason}} at {{service}}' },
      ],
      explainedBy: [alerts, ...allFailedTraces],
    },
    {
      title: 'Errors of the payment gateway',
      description:
        'Failed calls per second: without an answer in time, or with an error. A charge is then looked up or retried.',
      shows: 'course',
      unit: 'cps',
      queries: [
        {
          expr: 'sum by (operation, kind) (rate(quadrille_gateway_errors_total[$__rate_interval]))',
          legend: '{{operation}}: {{kind}}',
        },
      ],
      explainedBy: [failedTraces('payment')],
    },
    {
      title: 'Orders that were not fulfilled',
      description:
        'Share of settled orders, by reason. Declined, out of stock and cancelled are outcomes, not errors. Many expired ones are an error.',
      shows: 'course',
      unit: 'percentunit',
      queries: [
        {
          expr: 'sum by (outcome) (rate(quadrille_order_settling_seconds_count{outcome!="fulfilled"}[$__rate_interval])) / ignoring (outcome) group_left sum(rate(quadrille_order_settling_seconds_count[$__rate_interval]))',
          legend: '{{outcome}}',
        },
      ],
      explainedBy: [stuckOrders, orderTraces],
    },
    {
      title: 'Notifications',
      description: 'Per second, by whether the mail server accepted them. A permanently refused one is not sent again.',
      shows: 'course',
      unit: 'cps',
      queries: [
        {
          expr: 'sum by (channel, status) (rate(quadrille_notifications_total[$__rate_interval]))',
          legend: '{{channel}}: {{status}}',
        },
      ],
      explainedBy: [alerts],
    },
    {
      title: 'Requests that failed',
      description: '500: the error is in the log. 503: Postgres is unavailable, or a limit is reached.',
      shows: 'course',
      unit: 'reqps',
      queries: [
        {
          expr: 'sum by (service, path, status) (rate(quadrille_http_answers_total{status=~"5.."}[$__rate_interval]))',
          legend: '{{status}} {{path}} of {{service}}',
        },
      ],
      explainedBy: [alerts, ...allFailedTraces],
    },
  ],
}
