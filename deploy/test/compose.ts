/** Runs our Compose files on free ports, under the project name from vitest.config.ts. */
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { freePort } from '@quadrille/embedded-postgres'

const root = new URL('../../', import.meta.url).pathname

export interface Compose {
  /** Runs Compose with these arguments, and returns its output. @throws an error with the output if it fails. */
  run(...args: string[]): Promise<string>
  /** Runs a shell command of a page, whose `docker compose` means this project, and returns its output. @throws if it fails. */
  shell(command: string): Promise<string>
  /** The JSON that a service answers within its container, because its port is not published. */
  fetchIn(service: string, path: string, init?: RequestInit): Promise<unknown>
  /** The address on this machine under which a container's port is published. */
  addressOf(service: string, port: number, index?: number): Promise<string>
  /** Stops everything, and deletes everything but the images. */
  down(): Promise<void>
  /** The exit codes of these services' containers; 0 for a running one. */
  exitCodes(...services: string[]): Promise<number[]>
  /** The privileges of these services' containers. */
  confinement(...services: string[]): Promise<Confinement[]>
  /** The health of these services' containers: starting, healthy or unhealthy. */
  health(...services: string[]): Promise<string[]>
}

export interface Confinement {
  readonly dropped: readonly string[]
  readonly options: readonly string[]
  readonly hasPidsLimit: boolean
  readonly hasMemoryLimit: boolean
}

/** The plugin, or the earlier standalone program. Null if neither exists or its engine does not run. */
const findCompose = (): readonly string[] | null => {
  const works = (program: string, ...args: string[]) => spawnSync(program, args, { stdio: 'ignore' }).status === 0
  if (!works('docker', 'info')) return null
  if (works('docker', 'compose', 'version')) return ['docker', 'compose']
  return works('docker-compose', 'version') ? ['docker-compose'] : null
}

/** Version lines instead of exact versions, so that any image of this machine or of its registry suffices. */
const images = {
  NODE_IMAGE: 'node:24-slim',
  POSTGRES_IMAGE: 'postgres:18-alpine',
  RABBITMQ_IMAGE: 'rabbitmq:4-management',
}

export interface ComposeOptions {
  /** Default: the files that Compose reads by itself. */
  readonly files?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** @throws if there is no Docker. */
export const compose = async ({ files = [], env: own = {} }: ComposeOptions = {}): Promise<Compose> => {
  const [program, ...first] = findCompose() ?? []
  if (!program) throw new Error('Docker with Compose is needed, and its engine must run.')
  const env = {
    ...images,
    ...process.env,
    ORDER_PORT: String(await freePort()),
    INVENTORY_PORT: String(await freePort()),
    CONSOLE_PORT: String(await freePort()),
    RABBITMQ_PAGE_PORT: String(await freePort()),
    SMTP_URL: '', // Mailpit isn't started
    ...own,
  }
  const run = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)(
      program,
      [...first, ...files.flatMap((file) => ['--file', file]), ...args],
      { cwd: root, env, maxBuffer: 1e8 },
    )
    return stdout
  }
  const inspect = async (format: string, services: readonly string[]) => {
    const ids = (await run('ps', '--all', '--quiet', ...services)).trim().split('\n')
    const { stdout } = await promisify(execFile)('docker', ['inspect', '--format', format, ...ids])
    return stdout.trim().split('\n')
  }
  return {
    run,
    shell: async (command) => {
      const own = command.replaceAll('docker compose', [program, ...first].join(' '))
      const settings = files.length > 0 ? { ...env, COMPOSE_FILE: files.join(':') } : env
      return (await promisify(execFile)('sh', ['-ec', own], { cwd: root, env: settings })).stdout
    },
    fetchIn: async (service, path, init = {}) => {
      const request = `fetch('http://127.0.0.1:3000${path}', ${JSON.stringify(init)})`
      const script = `${request}.then(async (answer) => console.log(await answer.text()))`
      return JSON.parse(await run('exec', '-T', service, 'node', '--eval', script))
    },
    addressOf: async (service, port, index = 1) =>
      (await run('port', '--index', String(index), service, String(port))).trim(),
    down: async () => {
      await run('down', '--volumes', '--timeout', '10')
    },
    exitCodes: async (...services) => (await inspect('{{.State.ExitCode}}', services)).map(Number),
    confinement: async (...services) =>
      (await inspect('{{json .HostConfig}}', services)).map((text) => confinementOf(JSON.parse(text))),
    health: (...services) => inspect('{{.State.Health.Status}}', services),
  }
}

interface HostConfig {
  readonly CapDrop: readonly string[] | null
  readonly SecurityOpt: readonly string[] | null
  readonly PidsLimit: number | null
  readonly Memory: number
}

const confinementOf = ({ CapDrop, SecurityOpt, PidsLimit, Memory }: HostConfig): Confinement => ({
  dropped: CapDrop ?? [],
  options: SecurityOpt ?? [],
  hasPidsLimit: (PidsLimit ?? 0) > 0,
  hasMemoryLimit: Memory > 0,
})

/** Orders mugs of the demo catalog, with a valid card. Resolves to the order's id. @throws if it is not accepted. */
export const orderMugs = async (url: string, quantity: number): Promise<string> => {
  const answer = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `${quantity}-mugs` },
    body: JSON.stringify({
      customer: { id: 'ada', email: 'ada@example.com' },
      currency: 'EUR',
      lines: [{ sku: 'mug', quantity, unitPrice: 1_250 }],
      payment: { method: 'pm_card_visa' },
    }),
  })
  if (answer.status !== 202) throw new Error(`The response to the order was ${answer.status}.`)
  return ((await answer.json()) as { id: string }).id
}
