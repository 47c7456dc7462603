/** The header of a result file. */
import { needsBroker, type Row } from '../plan/rows.ts'
import type { Servers } from '../systems/servers.ts'
import { workingTree } from '../systems/version.ts'
import { describeCommit } from './commit.ts'
import { describeMachine } from './machine.ts'
import type { Header } from './result.ts'

export interface HeaderOptions {
  /** The arguments of the command. */
  readonly args: readonly string[]
  readonly servers: Servers
  readonly rows: readonly Row[]
}

/** Starts the servers that the rows need, to know their versions. */
export const headerOf = async ({ args, servers, rows }: HeaderOptions): Promise<Header> => {
  await servers.postgres('default')
  if (rows.some(needsBroker)) await servers.broker()
  return {
    type: 'header',
    startedAt: new Date().toISOString(),
    command: commandOf(args),
    args,
    commit: describeCommit(workingTree.root),
    machine: describeMachine(),
    versions: { node: process.versions.node, ...(await servers.versions()) },
  }
}

/** Without the path of the result file, which means nothing to other readers. */
const commandOf = (args: readonly string[]): string => {
  const output = args.indexOf('--output')
  const shown = args.filter(
    (arg, index) => (output < 0 || (index !== output && index !== output + 1)) && !arg.startsWith('--output='),
  )
  return ['npm run bench', ...(shown.length > 0 ? ['--', ...shown] : [])].join(' ')
}

/** The day, the commit, the machine and the versions, in one line. */
export const describeHeader = ({ startedAt, commit, machine, versions }: Omit<Header, 'args'>): string =>
  `${startedAt.slice(0, 10)}, commit ${commit}; ${machine.cores} cores (${machine.processor}), ${machine.memoryGb} GB, ${machine.system}; ` +
  (
    [
      ['Node', versions.node],
      ['Postgres', versions.postgres],
      ['RabbitMQ', versions.rabbitmq],
    ] as const
  )
    .flatMap(([name, version]) => (version ? `${name} ${version}` : []))
    .join(', ')
