/** `npm run bench`: measures the throughput, the latency and the resources of orders. `-- --help` explains it. */
import { runMain } from '@quadrille/command-line'
import { measure, resume, summarizeIntoPage } from './command.ts'
import { compare } from './compare/command.ts'
import { timeMigrations } from './growth/migrations.ts'
import { help, readOptions } from './options.ts'
import { overload } from './overload/overload.ts'
import { openServers } from './systems/servers.ts'

/** Resolves to the exit code. */
const run = async (args: readonly string[]): Promise<number> => {
  const command = readOptions(args)
  switch (command.kind) {
    case 'help':
      console.log(help)
      return 0
    case 'measure':
      return measure(command, args)
    case 'resume':
      return resume(command.file)
    case 'compare':
      return compare(command)
    case 'report':
      return summarizeIntoPage(command.file)
    case 'overload':
      for (const mode of command.modes) await overload(mode, command.ms)
      return 0
    case 'migrations': {
      await using servers = openServers()
      await timeMigrations(await servers.postgres('default'), 1_000_000, console.log)
      return 0
    }
  }
}

// The child processes end in the handler of `exit`.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))

await runMain('bench', () => run(process.argv.slice(2)))
