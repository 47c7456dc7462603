import type { Header } from './result.ts'

/** The day, the commit, the machine and the versions, in one line. */
export const describeHeader = ({ startedAt, commit, machine, versions }: Omit<Header, 'args'>): string =>
  `${startedAt.slice(0, 10)}, commit ${commit}; ${machine.cores} cores (${machine.processor}), ${machine.memoryGb} GB, ${machine.system}; ` +
  `Node ${versions.node}, Postgres ${versions.postgres}${versions.rabbitmq ? `, RabbitMQ ${versions.rabbitmq}` : ''}`
