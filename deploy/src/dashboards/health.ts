import { alerts, type Dashboard, instances, orderTraces } from './dashboard.ts'

const instance = '{{service}} {{instance}}'

export const health: Dashboard = {
  uid: 'health',
  question: 'Is a service healthy?',
  byService: true,
  panels: [
    {
      title: 'Instances that answer',
      description: 'Without one, what is for the service waits.',
      shows: 'course',
      unit: 'short',
      queries: [{ expr: 'sum by (service) (up{service=~"$service"})', legend: '{{service}}' }],
      explainedBy: [instances, alerts],
    },
    {
      title: 'Messages applied',
      description: 'Inbox messages per second.',
      shows: 'course',
      unit: 'cps',
      queries: [
        {
          expr: 'sum by (service) (rate(quadrille_messages_total{outcome="applied",service=~"$service"}[$__rate_interval]))',
          legend: '{{service}}',
        },
      ],
      explainedBy: [orderTraces],
    },
    {
      title: 'Response time',
      description: 'The 99th percentile by route, without refused or failed requests.',
      shows: 'course',
      unit: 's',
      queries: [
        {
          expr: 'histogram_quantile(0.99, sum by (service, method, path, le) (rate(quadrille_http_answer_seconds_bucket{status="2xx",service=~"$service"}[$__rate_interval])))',
          legend: '{{method}} {{path}} of {{service}}',
        },
      ],
      explainedBy: [orderTraces],
    },
    {
      title: 'Processor',
      description: 'Of one core. A service uses little more than one: near 1 it needs another instance.',
      shows: 'course',
      unit: 'percentunit',
      queries: [{ expr: 'rate(process_cpu_seconds_total{service=~"$service"}[$__rate_interval])', legend: instance }],
      explainedBy: [instances],
    },
    {
      title: 'Event loop',
      description: 'Event-loop delay, 99th percentile. Above a tenth of a second the process is busy.',
      shows: 'course',
      unit: 's',
      queries: [{ expr: 'nodejs_eventloop_lag_p99_seconds{service=~"$service"}', legend: instance }],
      explainedBy: [instances, alerts],
    },
    {
      title: 'Heap',
      description: 'Memory in use by JavaScript, and the memory of the whole process. It must not grow for hours.',
      shows: 'course',
      unit: 'bytes',
      queries: [
        { expr: 'nodejs_heap_size_used_bytes{service=~"$service"}', legend: `${instance}: heap` },
        { expr: 'process_resident_memory_bytes{service=~"$service"}', legend: `${instance}: process` },
      ],
      explainedBy: [instances],
    },
    {
      title: 'Garbage collection',
      description: 'Its share of the time. Above a twentieth there is too little memory.',
      shows: 'course',
      unit: 'percentunit',
      queries: [
        {
          expr: 'sum by (service, instance) (rate(nodejs_gc_duration_seconds_sum{service=~"$service"}[$__rate_interval]))',
          legend: instance,
        },
      ],
      explainedBy: [instances],
    },
    {
      title: 'Connections to Postgres',
      description:
        'Connections in use, and statements that wait for one. Waiting statements must be 0 most of the time.',
      shows: 'course',
      unit: 'short',
      queries: [
        { expr: 'quadrille_postgres_connections_busy{service=~"$service"}', legend: `${instance}: busy` },
        { expr: 'quadrille_postgres_connections_waiting{service=~"$service"}', legend: `${instance}: waiting` },
      ],
      explainedBy: [orderTraces, instances],
    },
    {
      title: 'Batch size',
      description: 'Messages in one transaction, on average: 1 or 2 at rest, hundreds under load.',
      shows: 'course',
      unit: 'short',
      queries: [
        {
          expr: 'sum by (service) (rate(quadrille_batch_size_sum{service=~"$service"}[$__rate_interval])) / sum by (service) (rate(quadrille_batch_size_count{service=~"$service"}[$__rate_interval]))',
          legend: '{{service}}',
        },
      ],
      explainedBy: [orderTraces],
    },
    {
      title: 'Instances wanted',
      description:
        'The number that each queue needs, and the present number. If the first is higher for more than a minute, add one.',
      shows: 'course',
      unit: 'short',
      queries: [
        { expr: 'max by (queue) (quadrille_instances_wanted{service=~"$service"})', legend: '{{queue}}: wanted' },
        { expr: 'max by (queue) (quadrille_consumers{service=~"$service"})', legend: '{{queue}}: there' },
      ],
      explainedBy: [instances],
    },
  ],
}
