import { allFailedTraces, type Dashboard, failedTraces, orderTraces, queues, stuckOrders } from './dashboard.ts'

const lateBy = (labels: string) =>
  `histogram_quantile(0.99, sum by (${labels}, le) (rate(quadrille_message_lag_seconds_bucket[$__rate_interval])))`

export const waiting: Dashboard = {
  uid: 'waiting',
  question: 'Where do they wait?',
  panels: [
    {
      title: 'Lag by service',
      description:
        '99th percentile of the time from the creation of a message until the service applied it. A service with a higher value than the others lags behind.',
      shows: 'course',
      unit: 's',
      queries: [{ expr: lateBy('service'), legend: '{{service}}' }],
      explainedBy: [orderTraces],
    },
    {
      title: 'Lag by event',
      description: 'The same by type of message. If all events of one service are late, its outbox waits.',
      shows: 'course',
      unit: 's',
      queries: [{ expr: lateBy('type, service'), legend: '{{type}} at {{service}}' }],
      explainedBy: [orderTraces],
    },
    {
      title: 'Outbox',
      description: 'Messages of a service that the broker has not confirmed.',
      shows: 'course',
      unit: 'short',
      queries: [{ expr: 'max by (service) (quadrille_outbox_rows)', legend: '{{service}}' }],
      explainedBy: [queues],
    },
    {
      title: 'Oldest in the outbox',
      description:
        'More than a few seconds: the broker is unavailable or blocks, or a consumer has never declared its inbox. /health/ready of the service has the reason.',
      shows: 'course',
      unit: 's',
      queries: [{ expr: 'max by (service) (quadrille_outbox_oldest_age_seconds)', legend: '{{service}}' }],
      explainedBy: [queues],
    },
    {
      title: 'Queues',
      description: 'Messages in each queue, including unacknowledged ones. A queue grows in front of the blocked part.',
      shows: 'course',
      unit: 'short',
      queries: [
        {
          expr: 'max by (queue) (rabbitmq_detailed_queue_messages{queue!~".+[.]retry[.].+|unrouted"})',
          legend: '{{queue}}',
        },
      ],
      explainedBy: [queues, stuckOrders],
    },
    {
      title: 'Waiting for a retry',
      description:
        'Failed messages before their next attempt, by delay. The longer the delay, the more often they have failed.',
      shows: 'course',
      unit: 'short',
      queries: [
        {
          expr: 'sum by (delay) (label_replace(rabbitmq_detailed_queue_messages{queue=~".+[.]retry[.].+"}, "delay", "$1", "queue", ".+[.]retry[.](.+)"))',
          legend: '{{delay}}',
        },
      ],
      explainedBy: [queues, stuckOrders],
    },
    {
      title: 'Calls to the payment gateway',
      description: 'Duration, 99th percentile. A payment waits for its charge.',
      shows: 'course',
      unit: 's',
      queries: [
        {
          expr: 'histogram_quantile(0.99, sum by (operation, le) (rate(quadrille_gateway_call_seconds_bucket[$__rate_interval])))',
          legend: '{{operation}}',
        },
      ],
      explainedBy: [failedTraces('payment'), orderTraces],
    },
    {
      title: 'Retries by delay',
      description:
        'Failed deliveries per second that are retried later. Many with 1s: occasional failures. Any with 10m: see the log.',
      shows: 'course',
      unit: 'cps',
      queries: [{ expr: 'sum by (delay) (rate(quadrille_retries_total[$__rate_interval]))', legend: '{{delay}}' }],
      explainedBy: [queues, ...allFailedTraces],
    },
    {
      title: 'Retries by queue',
      description: 'Where they failed.',
      shows: 'course',
      unit: 'cps',
      queries: [{ expr: 'sum by (queue) (rate(quadrille_retries_total[$__rate_interval]))', legend: '{{queue}}' }],
      explainedBy: [queues, ...allFailedTraces],
    },
  ],
}
