import { alerts, allFailedTraces, type Dashboard, failedTraces, orderTraces, queues, stuckOrders } from './dashboard.ts'

export const failures: Dashboard = {
  uid: 'failures',
  question: 'What failed?',
  panels: [
    {
      title: 'Dead letters',
      description: 'Messages that were given up and wait for somebody: GET /dead-letters/groups of the service.',
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
      description: 'For how long nobody has replayed or discarded it.',
      shows: 'now',
      unit: 's',
      alarmingFrom: 3_600,
      queries: [{ expr: 'max(quadrille_dead_letters_oldest_age_seconds)', legend: 'age' }],
      explainedBy: [alerts],
    },
    {
      title: 'Unrouted',
      description: 'Messages that came back to a queue that is gone.',
      shows: 'now',
      unit: 'short',
      alarmingFrom: 1,
      queries: [{ expr: 'max(rabbitmq_detailed_queue_messages{queue="unrouted"})', legend: 'unrouted' }],
      explainedBy: [queues],
    },
    {
      title: 'Circuits open',
      description: 'Work queues whose outside (the gateway, the mail server) does not answer: their tasks wait.',
      shows: 'now',
      unit: 'short',
      alarmingFrom: 1,
      queries: [{ expr: 'sum(max by (queue) (quadrille_circuit_open))', legend: 'open' }],
      explainedBy: [alerts],
    },
    {
      title: 'Queues held',
      description: 'Queues whose messages all fail alike: they wait, and one tries now and then.',
      shows: 'now',
      unit: 'short',
      alarmingFrom: 1,
      queries: [{ expr: 'sum(max by (queue) (quadrille_messages_held))', legend: 'held' }],
      explainedBy: [alerts],
    },
    {
      title: 'Dead letters by reason',
      description:
        'GET /dead-letters/groups of the service says more, and shows each of them with its error and its trace.',
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
        'Calls a second that failed: without an answer in time, or with one that says so. A charge is then looked up, or tried again.',
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
        'Of 100 that were settled, by the reason. Declined, out of stock and cancelled are outcomes, not errors; many that expired are one.',
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
      description: 'A second, by whether the mail server took them. One that it refused for good is not sent again.',
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
      description: '500: the fault is in the log. 503: Postgres is away, or there is no room.',
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
