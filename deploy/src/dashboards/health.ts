import { alerts, type Dashboard, instances, orderTraces } from './dashboard.ts'

const instance = '{{service}} {{instance}}'

export const health: Dashboard = {
  uid: 'health',
  question: 'Is a service healthy?',
  byService: true,
  panels: [
    {
      title: 'Running instances',
      description: 'Instances that Prometheus can scrape. Without one, the messages for the service wait.',
      shows: 'time series',
      unit: 'short',
      queries: [{ expr: 'sum by (service) (up{service=~"$service"})', legend: '{{service}}' }],
      links: [instances, alerts],
    },
    {
      title: 'Messages applied',
      description: 'Inbox messages per second.',
      shows: 'time series',
      unit: 'cps',
      queries: [
        {
          expr: 'sum by (service) (rate(quadrille_messages_total{outcome="applied",service=~"$service"}[$__rate_interval]))',
          legend: '{{service}}',
        },
      ],
      links: [orderTraces],
    },
    {
      title: 'Response time',
      description: '99th percentile by route, without rejected and failed requests.',
      shows: 'time series',
      unit: 's',
      queries: [
        {
          expr: 'histogram_quantile(0.99, sum by (service, method, path, le) (rate(quadrille_http_request_duration_seconds_bucket{status="2xx",service=~"$service"}[$__rate_interval])))',
          legend: '{{method}} {{path}} of {{service}}',
        },
      ],
      links: [orderTraces],
    },
    {
      title: 'CPU',
      description: '100 % is one core. An instance can use little more than one: near 100 %, add another instance.',
      shows: 'time series',
      unit: 'percentunit',
      queries: [{ expr: 'rate(process_cpu_seconds_total{service=~"$service"}[$__rate_interval])', legend: instance }],
      links: [instances],
    },
    {
      title: 'Event loop',
      description: 'Event-loop delay, 99th percentile. Above 0.1 s the process is overloaded.',
      shows: 'time series',
      unit: 's',
      queries: [{ expr: 'nodejs_eventloop_lag_p99_seconds{service=~"$service"}', legend: instance }],
      links: [instances, alerts],
    },
    {
      title: 'Heap',
      description: 'Memory in use by JavaScript, and memory of the whole process. Growth over hours indicates a leak.',
      shows: 'time series',
      unit: 'bytes',
      queries: [
        { expr: 'nodejs_heap_size_used_bytes{service=~"$service"}', legend: `${instance}: heap` },
        { expr: 'process_resident_memory_bytes{service=~"$service"}', legend: `${instance}: process` },
      ],
      links: [instances],
    },
    {
      title: 'Garbage collection',
      description: 'Share of the time that is spent on garbage collection. Above 5 % the process needs more memory.',
      shows: 'time series',
      unit: 'percentunit',
      queries: [
        {
          expr: 'sum by (service, instance) (rate(nodejs_gc_duration_seconds_sum{service=~"$service"}[$__rate_interval]))',
          legend: instance,
        },
      ],
      links: [instances],
    },
    {
      title: 'Connections to Postgres',
      description:
        'Connections in use, and statements that wait for one. Waiting statements must be 0 most of the time.',
      shows: 'time series',
      unit: 'short',
      queries: [
        { expr: 'quadrille_postgres_connections_busy{service=~"$service"}', legend: `${instance}: busy` },
        { expr: 'quadrille_postgres_connections_waiting{service=~"$service"}', legend: `${instance}: waiting` },
      ],
      links: [orderTraces, instances],
    },
    {
      title: 'Batch size',
      description: 'Messages in one transaction, on average: 1 or 2 at rest, hundreds under load.',
      shows: 'time series',
      unit: 'short',
      queries: [
        {
          expr: 'sum by (service) (rate(quadrille_batch_size_sum{service=~"$service"}[$__rate_interval])) / sum by (service) (rate(quadrille_batch_size_count{service=~"$service"}[$__rate_interval]))',
          legend: '{{service}}',
        },
      ],
      links: [orderTraces],
    },
    {
      title: 'Required instances',
      description:
        'Instances that each queue requires, and current instances. If more are required for over a minute, add an instance; not for inventory.tasks, because photos are not urgent.',
      shows: 'time series',
      unit: 'short',
      queries: [
        { expr: 'max by (queue) (quadrille_instances_wanted{service=~"$service"})', legend: '{{queue}}: required' },
        { expr: 'max by (queue) (quadrille_consumers{service=~"$service"})', legend: '{{queue}}: current' },
      ],
      links: [instances],
    },
  ],
}
