import { createServer } from 'node:net'
import { runningServices } from '@quadrille/events'
import { ConfigError } from '@quadrille/service'
import { runsConsole } from './console.ts'
import { runsDemo } from './demo/runs-demo.ts'
import { type Options, portVariableOf } from './options.ts'

const portVariables = (options: Options) => [
  ...runningServices(options).map(portVariableOf),
  ...(runsConsole(options) ? (['CONSOLE_PORT'] as const) : []),
  ...(runsDemo(options) ? (['DEMO_PORT'] as const) : []),
  'ADMIN_PORT' as const,
]

/**
 * Checks before the start that all ports are free.
 * @throws {ConfigError} with a line for each port that is set twice, or for each that is in use or not permitted.
 */
export const checkPorts = async (options: Options): Promise<void> => {
  const equal = duplicates(options)
  const lines = equal.length > 0 ? equal : await faultsOf(options) // an equal port would also count as in use
  if (lines.length > 0) throw new ConfigError(lines.join('\n'))
}

const faultsOf = async (options: Options): Promise<string[]> => {
  const faults = await Promise.all(
    portVariables(options).map((name) => faultOf(name, options[name] ?? 0, options.HOST)),
  )
  return [...new Set(faults.filter((fault) => fault !== null))]
}

const duplicates = (options: Options): string[] =>
  portVariables(options).flatMap((name, index, variables) => {
    const other = variables
      .slice(0, index)
      .find((earlier) => options[name] !== undefined && options[name] !== 0 && options[earlier] === options[name])
    return other ? [`${name} and ${other} are both ${options[name]}: set one of them to another port`] : []
  })

const faultOf = async (name: string, port: number, host: string): Promise<string | null> => {
  const code = await tryToListen(port, host)
  switch (code) {
    case null:
      return null
    case 'EADDRINUSE':
      return `port ${port} is in use: stop the other program, or set ${name} to another port`
    case 'EACCES':
      return `port ${port} requires root: set ${name} to a port above 1023`
    default:
      return `HOST is wrong: can't listen on ${host} (${code})`
  }
}

/** Null if it works, otherwise the code of the error. */
const tryToListen = (port: number, host: string): Promise<string | null> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen(port, host, () => server.close(() => resolve(null)))
  })
