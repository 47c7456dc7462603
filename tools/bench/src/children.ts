/** Processes of the product, started as a user starts them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const root = new URL('../../../', import.meta.url)
const readyWithinMs = 60_000

export interface Child {
  /** Sends SIGTERM, and waits until the process has exited. */
  stop(): Promise<void>
}

/** Runs a script of the repository with Node, and passes on its standard error. */
export const startScript = (script: string, env: Readonly<Record<string, string>>): Child => {
  const child = spawn(process.execPath, [script], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return { stop: () => stop(child) }
}

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

/** A port that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (typeof address !== 'object' || address === null) throw new Error('There is no free port.')
  return address.port
}

/** Waits until the service is ready and connected to its broker, so that the measurement begins in a steady state. */
export const untilReady = async (url: string): Promise<void> => {
  for (const begun = performance.now(); performance.now() - begun < readyWithinMs; await pause(50)) {
    const status = await readiness(url)
    if (status === 'ready') return
  }
  throw new Error(`${url} was not ready within ${readyWithinMs / 1_000} s.`)
}

const readiness = async (url: string): Promise<string | undefined> => {
  try {
    const { status } = (await (await fetch(`${url}/health/ready`)).json()) as { status?: string }
    return status
  } catch (error) {
    if (error instanceof TypeError) return undefined // not listening yet
    throw error
  }
}
