import type { Header } from './result.ts'

/** The day, the commit, the machine and the versions, in one line. */
export const describeHeader = ({ startedAt, commit, machine, versions }: Omit<Header, 'args'>): string =>
  `${startedAt.slice(0, 10)}, commit ${commit}; ${machine.cores} cores (${machine.processor}), ${machine.memoryGb} GB, ${machine.system}; ` +
  [`Node ${versions.node}`, optional('Postgres', versions.postgres), optional('RabbitMQ', versions.rabbitmq)]
    .flatMap((version) => version ?? [])
    .join(', ')

const optional = (server: string, version: string | null): string | null => (version ? `${server} ${version}` : null)
