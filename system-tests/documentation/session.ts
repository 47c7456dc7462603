/** A terminal in which a reader pastes the commands of a page, one after the other. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { freePorts } from '@quadrille/embedded-postgres'
import { serviceNames } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { root } from './documents.ts'

export interface Session {
  /** Runs a command as a reader would, after those before it. Returns its output, or for `ID=…` the value. */
  paste(command: string): Promise<string>
}

export interface SessionOptions {
  /** The port of this machine for each default port that the page uses. */
  readonly ports: ReadonlyMap<number, number>
  /** Its DATA_DIR stands for the page's `.quadrille`. */
  readonly env: Readonly<Record<string, string>>
  /** Default: the repository. */
  readonly folder?: string
}

export const openSession = ({ ports, env, folder = root }: SessionOptions): Session => {
  /** The state of a shell: its functions, and the variable ID. */
  let memory = ''
  const atPort = (_: string, port: string) => `127.0.0.1:${ports.get(Number(port)) ?? port}`
  const shell = async (script: string): Promise<string> => {
    const here = script.replaceAll(/127\.0\.0\.1:(\d+)/g, atPort).replaceAll('.quadrille/', `${env['DATA_DIR']}/`)
    const { stdout } = await promisify(execFile)('sh', ['-c', here], {
      cwd: folder,
      env: { ...process.env, AMQP_URL: '', ...env }, // not the broker of the test run
    })
    return stdout.trim()
  }
  return {
    paste: async (command) => {
      if (!/^(ID=|\w+\(\))/.test(command)) return shell(`${memory}${command}`)
      const id = command.startsWith('ID=') ? await shell(`${memory}${command}\necho "$ID"`) : ''
      memory += command.startsWith('ID=') ? `ID=${id}\n` : `${command}\n`
      return id
    },
  }
}

export interface FixedPorts {
  readonly ports: ReadonlyMap<number, number>
  /** The variables of `npm start`. */
  readonly variables: Readonly<Record<string, string>>
}

/** A free port for each service. They are fixed before the start, because the order service queries the other services. */
export const fixedPorts = async (): Promise<FixedPorts> => {
  const free = await freePorts(serviceNames.length)
  const chosen = serviceNames.map((name, index) => [name, free[index] ?? 0] as const)
  return {
    ports: new Map(chosen.map(([name, port]) => [definitions[name].defaultPort, port])),
    variables: Object.fromEntries(chosen.map(([name, port]) => [`${name.toUpperCase()}_PORT`, String(port)])),
  }
}
