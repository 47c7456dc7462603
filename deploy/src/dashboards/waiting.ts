import { allFailedTraces, type Dashboard, failedTraces, orderTraces, queues, stuckOrders } from './dashboard.ts'

const lag = (labels: string) =>
  `histogram_quantile(0.99, sum by (${labels}, le) (rate(quadrille_message_lag_seconds_bucket[$__rate_interval])))`

export const waiting: Dashboard = {
  uid: 'waiting',
  question: 'Where do orders wait?',
  panels: [
    {
      title: 'Lag by service',
      description:
        '99th percentile of the time from the creation of a message until the service applied it. A service with a higher value than the others lags behind.',
      shows: 'time series',
      unit: 's',
      queries: [{ expr: lag('service'), legend: '{{service}}' }],
      links: [orderTraces],
    },
    {
      title: 'Lag by event',
      description: 'The same by type of message. If all events of one service are late, the cause is its outbox.',
      shows: 'time series',
      unit: 's',
      queries: [{ expr: lag('type, service'), legend: '{{type}} at {{service}}' }],
      links: [orderTraces],
    },
    {
      title: 'Lag of tasks',
      description:
        'By work queue: 99th percentile of the time from the creation of a task until it ended, without tasks of which an attempt has failed. If only payment.tasks lags, the gateway is slow or GATEWAY_RATE is too low.',
      shows: 'time series',
      unit: 's',
      queries: [
        {
          expr: 'histogram_quantile(0.99, sum by (queue, le) (rate(quadrille_task_lag_seconds_bucket[$__rate_interval])))',
          legend: '{{queue}}',
        },
      ],
      links: [orderTraces],
    },
    {
      title: 'Outbox',
      description: 'Messages of a service that the broker has not confirmed.',
      shows: 'time series',
      unit: 'short',
      queries: [{ expr: 'max by (service) (quadrille_outbox_rows)', legend: '{{service}}' }],
      links: [queues],
    },
    {
      title: 'Oldest outbox message',
      description:
        'More than a few seconds: the broker is unavailable or blocks publishers, or a consumer has never declared its inbox. /health/ready of the service has the reason.',
      shows: 'time series',
      unit: 's',
      queries: [{ expr: 'max by (service) (quadrille_outbox_oldest_age_seconds)', legend: '{{service}}' }],
      links: [queues],
    },
    {
      title: 'Queues',
      description:
        'Messages in each queue, including unacknowledged ones. A queue grows if its consumer is slow or stopped.',
      shows: 'time series',
      unit: 'short',
      queries: [
        {
          expr: 'max by (queue) (rabbitmq_detailed_queue_messages{queue!~".+[.]retry[.].+|unrouted"})',
          legend: '{{queue}}',
        },
      ],
      links: [queues, stuckOrders],
    },
    {
      title: 'Waiting for a retry',
      description:
        'Failed messages before their next attempt, by delay. The longer the delay, the more often they have failed.',
      shows: 'time series',
      unit: 'short',
      queries: [
        {
          expr: 'sum by (delay) (label_replace(rabbitmq_detailed_queue_messages{queue=~".+[.]retry[.].+"}, "delay", "$1", "queue", ".+[.]retry[.](.+)"))',
          legend: '{{delay}}',
        },
      ],
      links: [queues, stuckOrders],
    },
    {
      title: 'Calls to the payment gateway',
      description: 'Duration of the calls, 99th percentile. A slow gateway delays payments.',
      shows: 'time series',
      unit: 's',
      queries: [
        {
          expr: 'histogram_quantile(0.99, sum by (operation, le) (rate(quadrille_gateway_call_seconds_bucket[$__rate_interval])))',
          legend: '{{operation}}',
        },
      ],
      links: [failedTraces('payment'), orderTraces],
    },
    {
      title: 'Retries by delay',
      description:
        'Failed deliveries per second, by the delay before the retry. 1s: occasional failures. 10m: repeated failures; see the log.',
      shows: 'time series',
      unit: 'cps',
      queries: [{ expr: 'sum by (delay) (rate(quadrille_retries_total[$__rate_interval]))', legend: '{{delay}}' }],
      links: [queues, ...allFailedTraces],
    },
    {
      title: 'Retries by queue',
      description: 'Failed deliveries per second, by the queue in which they failed.',
      shows: 'time series',
      unit: 'cps',
      queries: [{ expr: 'sum by (queue) (rate(quadrille_retries_total[$__rate_interval]))', legend: '{{queue}}' }],
      links: [queues, ...allFailedTraces],
    },
  ],
}
