import { describeCommit } from '../src/results/commit.ts'
import { describeMachine } from '../src/results/machine.ts'
import { openServers } from '../src/systems/servers.ts'
import { workingTree } from '../src/systems/version.ts'
import type { Context, RunRecord } from './comparison.ts'
import { comparisons } from './comparisons.ts'

/** The variables that select RabbitMQ. Their values are left out, because they may contain a password or a folder of the user. */
const serverVariables = ['AMQP_URL', 'RABBITMQ_ROOT']

const asSet = (name: string): string[] => (process.env[name] ? [`${name}=…`] : [])

/** Runs a comparison with servers of its own, which are stopped afterwards. @throws if one of its checks fails. */
export const runComparison = async (name: string, options: Omit<Context, 'servers'>): Promise<RunRecord> => {
  const compare = await comparisons.get(name)?.load()
  if (!compare) throw new Error(`There is no comparison "${name}".`)
  const startedAt = new Date().toISOString()
  await using servers = openServers()
  const results = await compare({ servers, ...options })
  const header = {
    type: 'header',
    startedAt,
    command: [...serverVariables.flatMap(asSet), `npm run patterns -- ${name}`].join(' '),
    commit: describeCommit(workingTree.root),
    machine: describeMachine(),
    versions: { node: process.versions.node, ...(await servers.versions()) },
  } as const
  return { header, results }
}
